import { describe, expect, it } from '@jest/globals';
import { dueWork } from './deadline.js';
import { at, checkoutTrack, IncidentStory, securityTrack } from './testing/incident-story.js';

const required = [{ ...checkoutTrack, required: true }, securityTrack];

describe('a priority that is raised', () => {
  it('and wakes people pages anew what nobody has answered, also what had run out of steps', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P3' });
    story.page(['ana']);
    for (const [cycle, step] of [
      [0, 2],
      [1, 1],
      [1, 2],
    ] as const)
      story.page(['bo'], { cycle, step });
    story.page(['mira'], { cycle: 1, step: 3, catchAll: true });
    expect(story.track()?.phase).toBe('exhausted');
    expect(story.setPriority({ wakes: true })).toBe('accepted');
    expect(story.owed).toEqual(['checkout 2/1']);
    expect(story.state.status).toBe('triggered');
    expect(story.events.at(-1)).toMatchObject({ kind: 'priority_set', data: { startsOver: true } });
  });

  it('and wakes nobody, or is lowered, leaves the ladder where it stands', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P2' });
    story.page(['ana']);
    story.setPriority({ wakes: false });
    expect(story.owed).toEqual(['checkout 0/2']);
    story.setPriority({ priority: 'P4', wakes: true });
    expect(story.owed).toEqual(['checkout 0/2']);
    expect(story.events.every(({ data }) => !('startsOver' in data))).toBe(true);
  });

  it('leaves with its people what they have, and asks the others of a required team at once', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack], { priority: 'P3' });
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana', 10);
    story.setPriority({ wakes: true, engaged: [checkoutTrack, securityTrack] });
    expect(story.track('checkout')?.phase).toBe('answered');
    expect(story.owed).toEqual(['trust 1/1']);
    expect(story.state.status).toBe('acknowledged');
  });

  it('by a rule, to one that wakes people, is paged although somebody acknowledged what let them sleep', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack], { priority: 'P3' });
    story.page(['ana']);
    story.acknowledge('ana', 10);
    story.setPriority({ wakes: true, by: null, engaged: [checkoutTrack] }, { actor: 'source:prometheus' });
    expect(story.state).toMatchObject({ status: 'triggered', priority: 'P1' });
    expect(story.owed).toEqual(['checkout 2/1', 'trust 1/1']);
  });

  it('by a rule, among those that wake people, stays with whoever has it', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P2' });
    story.page(['ana']);
    story.acknowledge('ana', 10);
    story.setPriority({ by: null, engaged: [checkoutTrack] }, { actor: 'source:prometheus' });
    expect(story.state).toMatchObject({ status: 'acknowledged', priority: 'P1' });
    expect(story.owed).toEqual([]);
  });

  it('ends a snooze: it got worse than what was put off', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P3' });
    story.page(['ana']);
    story.acknowledge('ana');
    story.ask({ type: 'snooze', until: at(36_000) }, { seconds: 20, actor: 'ana' });
    story.setPriority({ priority: 'P2', engaged: [checkoutTrack, securityTrack] }, { seconds: 60 });
    expect(story.state).toMatchObject({ status: 'triggered', snoozedUntil: null });
    expect(story.owed).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it('lets the acknowledgement last as long as the new priority says', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P3', ackTimeoutMs: 0 });
    story.page(['ana']);
    story.acknowledge('ana');
    expect(dueWork(story.state, 0)).toEqual([]);
    story.setPriority({ ackTimeoutMs: 600_000 }, { seconds: 100 });
    expect(dueWork(story.state, 0)).toEqual([{ type: 'expire_acknowledgement', at: at(700) }]);
    story.setPriority({ priority: 'P4', ackTimeoutMs: 0 }, { seconds: 200 });
    expect(dueWork(story.state, 0)).toEqual([]);
  });

  it('makes a team that is engaged already answer by itself, unless it has', () => {
    const story = new IncidentStory([checkoutTrack, { ...securityTrack, required: false }], {
      priority: 'P3',
    });
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana');
    expect(story.owed).toEqual([]);
    story.setPriority({ engaged: required });
    expect(story.owed).toEqual(['trust 1/1']);
    expect(story.state.responders).toMatchObject([
      { person: 'ana', required: true },
      { person: 'gus', required: true },
    ]);
    story.page(['gus'], { track: 'trust', cycle: 1 });
    story.acknowledge('gus', 30);
    expect(story.owed).toEqual([]);
  });
});
