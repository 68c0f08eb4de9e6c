import { describe, expect, it } from '@jest/globals';
import { dueWork, nextDeadline } from './deadline.js';
import { holderNotice } from './holder-notice.js';
import { at, checkoutTrack, IncidentStory, securityTrack } from './testing/incident-story.js';

const source = 'source:prometheus';
const closes = (story: IncidentStory, seconds: number) =>
  story.ask({ type: 'close_alert', alert: 'alert-1', title: 'Replica lag' }, { seconds, actor: source });
const fires = (story: IncidentStory, seconds: number) =>
  story.ask(
    { type: 'join_alert', alert: 'alert-2', title: 'Replica lag', severity: 'critical' },
    { seconds, actor: source },
  );
const notices = ({ events, state }: IncidentStory) =>
  events.flatMap((event) => holderNotice(event, state) ?? []);

function acknowledged(tracks = [checkoutTrack], ackTimeoutMs = 60_000): IncidentStory {
  const story = new IncidentStory(tracks, { ackTimeoutMs });
  story.page(['ana']);
  story.acknowledge('ana');
  return story;
}

describe('all alerts have closed while somebody has it (keep#4839, openduty#14)', () => {
  it('tells them, pages nobody when the acknowledgement would end, and resolves by itself', () => {
    const story = acknowledged();
    closes(story, 20);
    expect(story.state).toMatchObject({
      status: 'acknowledged',
      resolutionProposed: true,
      resolvesAt: at(1820),
    });
    expect(notices(story)).toMatchObject([{ person: 'ana', text: expect.stringContaining('resolve it?') }]);
    expect(dueWork(story.state, 0)).toEqual([{ type: 'resolve_quiet', at: at(1820) }]);
    expect(story.ask({ type: 'expire_acknowledgement' }, { seconds: 500 })).toBe('unchanged');
    expect(story.ask({ type: 'resolve_quiet' }, { seconds: 1819 })).toBe('unchanged');
    expect(story.ask({ type: 'resolve_quiet' }, { seconds: 1820 })).toBe('accepted');
    expect(story.events.at(-1)).toMatchObject({ kind: 'resolved', data: { because: 'quiet' } });
    expect(story.state).toMatchObject({ status: 'resolved', resolvesAt: null });
  });

  it('goes on for as long as people do something', () => {
    const story = acknowledged();
    closes(story, 20);
    story.ask({ type: 'note', text: 'still on it' }, { seconds: 1000, actor: 'ana' });
    expect(story.ask({ type: 'resolve_quiet' }, { seconds: 1820 })).toBe('unchanged');
    story.ask({ type: 'note', text: 'a script' }, { seconds: 2000, actor: 'key:ci' });
    expect(nextDeadline(story.state, 0)).toBe(at(2800));
  });

  it('asks no second required team, until something fires again', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack]);
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana');
    closes(story, 20);
    expect(story.owed).toEqual([]);
    fires(story, 600);
    expect(story.owed).toEqual(['trust 1/1']);
    expect(story.state).toMatchObject({
      resolutionProposed: false,
      resolvesAt: null,
      ackExpiresAt: at(2400),
    });
  });

  it('does not end a snooze into a page; when it fires again the snooze counts', () => {
    const story = acknowledged([checkoutTrack], 0);
    story.ask({ type: 'snooze', until: at(900) }, { seconds: 15, actor: 'ana' });
    closes(story, 20);
    expect(dueWork(story.state, 0)).toEqual([{ type: 'resolve_quiet', at: at(1820) }]);
    expect(story.ask({ type: 'end_snooze' }, { seconds: 1000 })).toBe('unchanged');
    fires(story, 1000);
    expect(dueWork(story.state, 0)).toEqual([{ type: 'end_snooze', at: at(900) }]);
  });

  it('does what a person asks for all the same', () => {
    const story = acknowledged();
    closes(story, 20);
    story.ask({ type: 'unacknowledge', reason: null, to: 'bo' }, { seconds: 30, actor: 'ana' });
    expect(story.owed).toEqual(['checkout 2/0']);
    expect(nextDeadline(story.state, 0)).not.toBeNull();
    expect(story.ask({ type: 'resolve_quiet' }, { seconds: 1830 })).toBe('accepted');
  });

  it('is over when whoever has it is gone', () => {
    const story = acknowledged();
    closes(story, 20);
    story.ask({ type: 'person_left', person: 'ana', reason: 'was deleted' }, { seconds: 30 });
    expect(story.state.status).toBe('resolved');
  });

  it('opened again by a person, it runs like any other', () => {
    const story = acknowledged();
    closes(story, 20);
    story.ask({ type: 'resolve_quiet' }, { seconds: 1820 });
    story.ask({ type: 'reopen', reason: 'not over' }, { seconds: 1900, actor: 'ana' });
    story.acknowledge('ana', 1910);
    expect(dueWork(story.state, 0)).toEqual([{ type: 'expire_acknowledgement', at: at(1970) }]);
  });
});

describe('an acknowledgement by a source', () => {
  const bySource = () => {
    const story = new IncidentStory([checkoutTrack]);
    story.page(['ana']);
    story.ask({ type: 'acknowledge', person: 'source:pd' }, { seconds: 10, actor: 'source:pd' });
    return story;
  };

  it("makes it nobody's: it has no commander, and resolves with its alerts", () => {
    const story = bySource();
    expect(story.state).toMatchObject({ status: 'acknowledged', commander: null });
    closes(story, 20);
    expect(story.state.status).toBe('resolved');
  });

  it('gives way to the first person who answers', () => {
    const story = bySource();
    story.acknowledge('ana', 20);
    expect(story.state).toMatchObject({ acknowledgedBy: 'ana', commander: 'ana', ackExpiresAt: at(1820) });
    closes(story, 30);
    expect(story.state.status).toBe('acknowledged');
  });
});

describe('a person resolves what fires', () => {
  it('closes it, says so, and its next message opens it again', () => {
    const story = acknowledged();
    story.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 20, actor: 'ana' });
    expect(story.events.at(-1)).toMatchObject({ kind: 'resolved', data: { stillFiring: 1 } });
    expect(story.state).toMatchObject({ alertsOpen: 0, firedWhenResolved: 1 });
    fires(story, 25);
    expect(story.events.at(-1)).toMatchObject({
      kind: 'reopened',
      data: { reason: `Replica lag still fires; ana resolved this at ${at(20)}` },
    });
    expect(story.owed).toEqual(['checkout 2/1']);
  });
});
