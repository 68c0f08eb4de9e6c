import { describe, expect, it } from '@jest/globals';
import { dueWork } from './deadline.js';
import { IncidentStory, checkoutTrack, securityTrack } from './testing/incident-story.js';

const left = (person: string) => ({ type: 'person_left', person, reason: 'was deleted' }) as const;
const owed = (story: IncidentStory) =>
  dueWork(story.state, 0).flatMap((work) => (work.type === 'page' ? [`${work.track} ${work.due.step}`] : []));

describe('a person who is gone', () => {
  it('and had the incident gives it back: it pages from the first step', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    expect(owed(story)).toEqual([]);
    expect(story.ask(left('ana'), { seconds: 60 })).toBe('accepted');
    expect(story.state).toMatchObject({ status: 'triggered', commander: null, ackExpiresAt: null });
    expect(owed(story)).toEqual(['checkout 1']);
    expect(story.ask(left('ana'), { seconds: 61 })).toBe('unchanged');
    // The next to answer commands it.
    story.page(['bo'], { cycle: 2, seconds: 62 });
    story.acknowledge('bo', 70);
    expect(story.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo', commander: 'bo' });
  });

  it('and slept on it wakes it up', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    story.ask({ type: 'snooze', until: '2026-03-02T18:00:00.000Z' }, { seconds: 20, actor: 'ana' });
    story.ask(left('ana'), { seconds: 30 });
    expect(story.state).toMatchObject({ status: 'triggered', snoozedUntil: null });
    expect(owed(story)).toEqual(['checkout 1']);
  });

  it('and was the only one of the current step: the next step at once', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    expect(story.ask(left('ana'), { seconds: 5 })).toBe('accepted');
    expect(owed(story)).toEqual(['checkout 2']);
    expect(dueWork(story.state, 0)[0]?.at).toBe(story.state.createdAt);
  });

  it('and was one of several of the current step: the others keep their time', () => {
    const story = new IncidentStory();
    story.page(['ana', 'bo']);
    story.ask(left('ana'), { seconds: 5 });
    expect(story.track()).toMatchObject({ phase: 'waiting', step: 1, asked: ['bo'] });
  });

  it('and was the last that a step waited for, when everyone has to answer: the others have answered', () => {
    const story = new IncidentStory();
    story.page(['ana', 'bo'], { everyone: true });
    story.acknowledge('bo');
    expect(story.track()).toMatchObject({ phase: 'waiting', awaiting: ['ana'] });
    story.ask(left('ana'), { seconds: 60 });
    expect(story.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo' });
    expect(story.track()).toMatchObject({ phase: 'answered' });
  });

  it('and was named by whoever handed it over: the first step at once', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    story.ask({ type: 'unacknowledge', reason: null, to: 'cleo' }, { seconds: 20, actor: 'ana' });
    story.page(['cleo'], { cycle: 2, step: 0, seconds: 21 });
    story.ask(left('cleo'), { seconds: 30 });
    expect(owed(story)).toEqual(['checkout 1']);
  });

  it('and alone answered for a team that has to answer by itself: that team is paged anew, no other', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack]);
    story.page(['ana']);
    story.page(['eve'], { track: 'trust' });
    story.acknowledge('ana', 10, ['checkout']);
    story.acknowledge('eve', 20, ['trust']);
    story.ask(left('eve'), { seconds: 60 });
    expect(story.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });
    expect(owed(story)).toEqual(['trust 1']);
    expect(story.ask(left('eve'), { seconds: 61 })).toBe('unchanged');
  });

  it('and has no part in it, or it is over: nothing changes', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    expect(story.ask(left('dana'), { seconds: 5 })).toBe('unchanged');
    story.acknowledge('ana');
    story.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 30, actor: 'ana' });
    expect(story.ask(left('ana'), { seconds: 40 })).toBe('unchanged');
  });
});
