import { describe, expect, it } from '@jest/globals';
import type { PriorityWeight } from './commands.js';
import { foldEvents } from './fold.js';
import { holderNotice } from './holder-notice.js';
import { at, checkoutTrack, IncidentStory, securityTrack } from './testing/incident-story.js';

const source = 'source:prometheus';
const p1: PriorityWeight = {
  priority: 'P1',
  reasons: ['severity critical'],
  by: null,
  engaged: [checkoutTrack, securityTrack],
  ackTimeoutMs: 1_800_000,
  wakes: true,
};
const fires = (story: IncidentStory, weight: PriorityWeight | null = null) =>
  story.ask(
    { type: 'join_alert', alert: 'alert-2', title: 'Replica lag', severity: 'critical', weight },
    { seconds: 100, actor: source },
  );
const absorbs = (story: IncidentStory, unowned: boolean, weight: PriorityWeight | null = p1) =>
  story.ask(
    { type: 'absorb', incident: 'i2', number: 'INC-2', alertsOpen: 1, alertsTotal: 1, unowned, weight },
    { seconds: 100, actor: 'mira' },
  );
const told = ({ events, state }: IncidentStory) =>
  events.flatMap((event) => (event.at === at(100) ? (holderNotice(event, state) ?? []) : []));

/** A warning that ana has. */
function has({ snoozed = false, over = false } = {}): IncidentStory {
  const story = new IncidentStory([checkoutTrack], { priority: 'P3', ackTimeoutMs: 0 });
  story.page(['ana']);
  story.acknowledge('ana');
  if (snoozed) story.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'ana' });
  if (over)
    story.ask(
      { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
      { seconds: 30, actor: source },
    );
  return story;
}

describe('a key that fires again', () => {
  it.each([
    ['acknowledged', has({ over: true })],
    ['acknowledged and snoozed', has({ over: true, snoozed: true })],
  ])('and is worse is paged as what it is, with the teams of it: %s', (_, story) => {
    fires(story, p1);
    expect(story.state).toMatchObject({ status: 'triggered', priority: 'P1', snoozedUntil: null });
    expect(story.owed).toEqual(['checkout 2/1', 'trust 0/1']);
    expect(told(story)).toMatchObject([
      { person: 'ana', text: expect.stringContaining('do not have INC-1 any more') },
    ]);
  });

  it('and is worse is paged as what it is when it was resolved', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P3' });
    story.ask(
      { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
      { seconds: 30, actor: source },
    );
    fires(story, p1);
    expect(story.state).toMatchObject({ status: 'triggered', priority: 'P1' });
    expect(story.owed).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it.each([
    ['has it', has({ over: true }), 'You have it'],
    ['has it and snoozed it', has({ over: true, snoozed: true }), 'You have it'],
  ])('is told to whoever %s, who keeps it', (_, story, words) => {
    fires(story);
    expect(story.state.status).toBe('acknowledged');
    expect(story.owed).toEqual([]);
    expect(told(story)).toMatchObject([{ person: 'ana', text: expect.stringContaining(words) }]);
  });

  it('is told to whoever has a storm each time the alerts of it have doubled', () => {
    const story = has();
    for (const alert of ['alert-2', 'alert-3', 'alert-4', 'alert-5'])
      story.ask(
        { type: 'join_alert', alert, title: `Lag of ${alert}`, severity: 'critical', folded: true },
        { seconds: 100, actor: source },
      );
    const texts = story.events.flatMap((event, index) => {
      const state = foldEvents('incident-1', null, story.events.slice(0, index + 1));
      return event.at === at(100) ? (holderNotice(event, state)?.text ?? []) : [];
    });
    expect(texts).toEqual([
      expect.stringMatching(/has 2 alerts now; the newest: Lag of alert-2/),
      expect.stringMatching(/has 4 alerts now; the newest: Lag of alert-4/),
    ]);
  });

  it('within the snooze of a person who has not acknowledged stays put off (grafana-cold-storage/oncall#4180)', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P2' });
    story.page(['ana']);
    story.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'ana' });
    story.ask({ type: 'close_alert', alert: 'alert-1', title: 'Lag' }, { seconds: 30, actor: source });
    fires(story);
    expect(story.state).toMatchObject({ status: 'triggered', snoozedUntil: at(30_000) });
    expect(story.owed).toEqual([]);
    expect(told(story)).toMatchObject([{ person: 'ana', text: expect.stringContaining('You snoozed it') }]);
  });

  it('is told to whoever snoozed it without having it', () => {
    const story = new IncidentStory([checkoutTrack]);
    story.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'bo' });
    fires(story);
    expect(told(story)).toMatchObject([{ person: 'bo', text: expect.stringContaining('You snoozed it') }]);
  });

  it('leaves the priority that a person set', () => {
    const story = has({ over: true });
    story.setPriority({ priority: 'P4', by: 'ana' }, { seconds: 40, actor: 'ana' });
    fires(story, p1);
    expect(story.state).toMatchObject({ priority: 'P4', status: 'acknowledged' });
  });
});

describe('a merge of what nobody has', () => {
  it.each([
    ['acknowledged', has()],
    ['acknowledged and snoozed', has({ snoozed: true })],
    ['acknowledged and over', has({ over: true })],
  ])('pages the higher priority with its teams: %s', (_, story) => {
    absorbs(story, true);
    expect(story.state).toMatchObject({
      status: 'triggered',
      priority: 'P1',
      snoozedUntil: null,
    });
    expect(story.state.resolvesAt ?? null).toBeNull();
    expect(story.owed).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it('wakes a snoozed one that nobody has', () => {
    const story = new IncidentStory([checkoutTrack], { priority: 'P3' });
    story.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'bo' });
    absorbs(story, true);
    expect(story.owed).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it('raises also what a person set lower: whoever merges sees both', () => {
    const story = has();
    story.setPriority({ priority: 'P4', by: 'ana' }, { seconds: 40, actor: 'ana' });
    absorbs(story, true);
    expect(story.state).toMatchObject({ priority: 'P1', status: 'triggered' });
  });

  it('of the same priority is told to whoever has it', () => {
    const story = has({ over: true });
    absorbs(story, true, null);
    expect(story.state).toMatchObject({ status: 'acknowledged', resolvesAt: null, alertsOpen: 1 });
    expect(told(story)).toMatchObject([{ person: 'ana', text: expect.stringContaining('INC-2 was merged') }]);
  });

  it('leaves it with its holder when somebody has the other one too', () => {
    const story = has();
    absorbs(story, false);
    expect(story.state).toMatchObject({ status: 'acknowledged', priority: 'P1' });
    expect(story.owed).toEqual(['trust 0/1']);
    expect(told(story).map(({ person }) => person)).toEqual(['ana', 'ana']);
  });
});
