import { describe, expect, it } from '@jest/globals';
import type { Priority } from '../config/specs.js';
import type { IncidentCommand } from './commands.js';
import { dueWork, nextDeadline } from './deadline.js';
import { at, checkoutTrack, IncidentStory, securityTrack } from './testing/incident-story.js';

describe('escalation', () => {
  it('pages rung after rung, repeats the cycle, then the catch-all, and is exhausted', () => {
    const story = new IncidentStory();
    expect(story.page(['ana'])).toBe('accepted');
    expect(story.page(['bo'], { step: 2, seconds: 300 })).toBe('accepted');
    expect(story.page(['ana'], { cycle: 1, step: 1, seconds: 600 })).toBe('accepted');
    expect(story.page(['bo'], { cycle: 1, step: 2, seconds: 900 })).toBe('accepted');
    expect(story.page(['mira'], { cycle: 1, step: 3, seconds: 1200, catchAll: true })).toBe('accepted');
    expect(story.track()?.phase).toBe('exhausted');
    expect(story.kinds.at(-1)).toBe('exhausted');
    expect(nextDeadline(story.state, 0)).toBeNull();
  });

  it('refuses a rung that is not the next one', () => {
    const story = new IncidentStory();
    expect(story.page(['bo'], { step: 2 })).toBe('stale_step');
    story.page(['ana']);
    expect(story.page(['ana'])).toBe('stale_step');
    expect(story.page(['ana'], { cycle: 1 })).toBe('stale_step');
  });

  it('goes to the next rung at once when the person paged cannot take it', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    expect(story.ask({ type: 'decline', person: 'bo', comment: null })).toBe('not_paged');
    expect(story.ask({ type: 'decline', person: 'ana', comment: 'on a train' })).toBe('accepted');
    expect(dueWork(story.state, 0)[0]).toMatchObject({ type: 'page', due: { cycle: 0, step: 2 } });
  });

  it('pages a step named by a person again on a new cycle', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    expect(story.ask({ type: 'escalate', step: 1, track: null, reason: 'asked' })).toBe('accepted');
    expect(story.track()).toMatchObject({ cycle: 2, step: 1, phase: 'to_page' });
    expect(story.ask({ type: 'escalate', step: 8, track: null, reason: 'asked' })).toBe('no_such_step');
  });

  it('does not page while snoozed and starts a new cycle afterwards', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    expect(story.ask({ type: 'snooze', until: at(600) }, { seconds: 10 })).toBe('accepted');
    expect(story.page(['bo'], { step: 2, seconds: 300 })).toBe('not_paging');
    expect(story.ask({ type: 'end_snooze' }, { seconds: 599 })).toBe('unchanged');
    expect(story.ask({ type: 'end_snooze' }, { seconds: 600 })).toBe('accepted');
    expect(story.track()).toMatchObject({ cycle: 2, step: 1, phase: 'to_page' });
    expect(story.state.status).toBe('triggered');
  });
});

describe('asking for more people', () => {
  it('ends a snooze: who asks now wants them now', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack]);
    story.page(['ana']);
    story.ask({ type: 'snooze', until: at(36_000) }, { seconds: 10 });
    expect(story.ask({ type: 'escalate', step: null, track: 'checkout', reason: 'worse' })).toBe('accepted');
    expect(story.state).toMatchObject({ status: 'triggered', snoozedUntil: null });
    expect(story.owed).toEqual(['checkout 2/2', 'trust 1/1']);
  });

  it('of one team leaves with the others what they answered', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack]);
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana');
    story.acknowledge('gus', 20);
    expect(story.ask({ type: 'escalate', step: null, track: 'trust', reason: 'more' })).toBe('accepted');
    expect(story.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });
    expect(story.owed).toEqual(['trust 0/2']);
    story.page(['hal'], { track: 'trust', step: 2, seconds: 30 });
    story.acknowledge('hal', 40);
    expect(story.owed).toEqual([]);
  });

  it('of all teams, or of the only one, takes the acknowledgement back', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    story.ask({ type: 'escalate', step: null, track: 'checkout', reason: 'more' });
    expect(story.state.status).toBe('triggered');
    expect(story.owed).toEqual(['checkout 2/2']);
  });

  it('of a team that is not there is refused', () => {
    const story = new IncidentStory();
    expect(story.ask({ type: 'escalate', step: null, track: 'nobody', reason: '' })).toBe('no_such_track');
  });

  it('by taking the acknowledgement back may begin at a later step', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    expect(story.ask({ type: 'unacknowledge', reason: null, step: 2 })).toBe('not_acknowledged');
    story.acknowledge('ana');
    expect(story.ask({ type: 'unacknowledge', reason: null, step: 3 })).toBe('no_such_step');
    expect(story.ask({ type: 'unacknowledge', reason: 'wrong team', step: 2 })).toBe('accepted');
    expect(story.kinds.slice(-2)).toEqual(['unacknowledged', 'escalated']);
    expect(story.owed).toEqual(['checkout 2/2']);
  });

  it('by handing it to somebody asks them first, then the ladder from its first step', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack]);
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana');
    story.acknowledge('gus');
    expect(story.ask({ type: 'unacknowledge', reason: null, to: 'cleo' })).toBe('accepted');
    expect(story.owed).toEqual(['checkout 2/0', 'trust 1/1']);
    expect(story.track()?.named).toBe('cleo');
    expect(story.page(['cleo'], { cycle: 2, step: 0, seconds: 20 })).toBe('accepted');
    expect(story.owed).toContain('checkout 2/1');
    story.acknowledge('cleo', 30);
    expect(story.track()).toMatchObject({ phase: 'answered' });
  });
});

describe("somebody who can't take it", () => {
  it('moves the ladder once: the people of the next step are given their time', () => {
    const story = new IncidentStory();
    story.page(['ana', 'bo', 'cleo']);
    const decline = (person: string) => story.ask({ type: 'decline', person, comment: null });
    expect(decline('ana')).toBe('accepted');
    expect(story.page(['mira'], { step: 2, seconds: 20 })).toBe('accepted');
    expect([decline('bo'), decline('ana')]).toEqual(['accepted', 'accepted']);
    expect(story.kinds.slice(-2)).toEqual(['declined', 'declined']);
    expect(story.track()).toMatchObject({ cycle: 0, step: 2, phase: 'waiting', nextAt: at(320) });
    decline('mira');
    expect(story.owed).toEqual(['checkout 1/1']);
  });

  it('is heard while nobody is asked, and wakes nobody', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.ask({ type: 'snooze', until: at(600) }, { seconds: 10 });
    expect(story.ask({ type: 'decline', person: 'ana', comment: null })).toBe('accepted');
    expect(story.kinds.at(-1)).toBe('declined');
    expect(dueWork(story.state, 0)).toEqual([{ type: 'end_snooze', at: at(600) }]);
  });
});

describe('acknowledgement', () => {
  it('by somebody else takes no alarm clock from who sleeps on it', () => {
    const story = new IncidentStory([checkoutTrack], { ackTimeoutMs: 0 });
    story.page(['ana']);
    story.acknowledge('ana');
    story.ask({ type: 'snooze', until: at(36_000) }, { seconds: 20, actor: 'ana' });
    expect(story.acknowledge('bo', 30)).toBe('accepted');
    expect(dueWork(story.state, 0)).toEqual([{ type: 'end_snooze', at: at(36_000) }]);
  });

  it('by a member of a required team counts before the page reached them, once', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack]);
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana');
    expect(story.acknowledge('hal', 20, ['trust'])).toBe('accepted');
    expect(story.owed).toEqual([]);
    expect(story.state.responders.at(-1)).toMatchObject({ person: 'hal', team: 'trust', pagedAt: null });
    expect(story.acknowledge('hal', 30, ['trust'])).toBe('unchanged');
  });

  it('by somebody of no engaged team is on record once', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    expect(story.acknowledge('rosa', 20, ['billing'])).toBe('accepted');
    expect(story.acknowledge('rosa', 30, ['billing'])).toBe('unchanged');
    expect(story.state.responders.at(-1)).toMatchObject({ person: 'rosa', team: 'billing', required: false });
  });

  it('given before answers a later step that waits for the same people', () => {
    const story = new IncidentStory();
    story.page(['ana', 'bo'], { everyone: true });
    story.acknowledge('ana');
    expect(story.page(['ana'], { step: 2, seconds: 300, everyone: true })).toBe('accepted');
    expect(story.kinds.slice(-2)).toEqual(['escalated', 'acknowledged']);
    expect(story.events.at(-1)).toMatchObject({ data: { person: 'ana', earlier: true } });
    expect(story.track()?.phase).toBe('answered');
  });

  it('stops escalation and names the commander; a second person is recorded and changes nothing', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    expect(story.acknowledge('ana')).toBe('accepted');
    expect(story.state).toMatchObject({ status: 'acknowledged', commander: 'ana', acknowledgedBy: 'ana' });
    expect(story.track()?.phase).toBe('answered');
    expect(story.acknowledge('ana')).toBe('unchanged');
    expect(story.acknowledge('bo', 20)).toBe('accepted');
    expect(story.state).toMatchObject({ commander: 'ana', acknowledgedBy: 'ana', acknowledgedAt: at(10) });
  });

  it('of a step for everyone waits for each of its people', () => {
    const story = new IncidentStory();
    story.page(['ana', 'bo'], { everyone: true });
    story.acknowledge('ana');
    expect(story.track()).toMatchObject({ phase: 'waiting', awaiting: ['bo'] });
    story.acknowledge('bo', 20);
    expect(story.track()?.phase).toBe('answered');
  });

  it('by one of a step for everyone leaves the next step due for the others, who may answer there', () => {
    const story = new IncidentStory();
    story.page(['ana', 'bo'], { everyone: true });
    story.acknowledge('ana');
    expect(nextDeadline(story.state, 0)).toBe(at(300));
    expect(story.page(['cleo'], { step: 2, seconds: 300 })).toBe('accepted');
    expect(dueWork(story.state, 0)[0]).toMatchObject({ type: 'page', due: { cycle: 1, step: 1 } });
    story.acknowledge('cleo', 310);
    expect(dueWork(story.state, 0).filter((work) => work.type === 'page')).toEqual([]);
  });

  it('stands when a raised priority engages a team that need not answer by itself', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    const engaged = [{ ...securityTrack, required: false }];
    story.ask({
      type: 'set_priority',
      priority: 'P1',
      reasons: [],
      by: 'ana',
      engaged,
      ackTimeoutMs: 0,
    });
    expect(story.track('trust')?.phase).toBe('answered');
  });

  it('by one team leaves a required one paging until its own people answer', () => {
    const story = new IncidentStory([checkoutTrack, securityTrack]);
    story.page(['ana']);
    story.page(['gus'], { track: 'trust' });
    story.acknowledge('ana');
    expect(story.track('checkout')?.phase).toBe('answered');
    expect(dueWork(story.state, 0).filter((work) => work.type === 'page')).toMatchObject([
      { track: 'trust', due: { cycle: 0, step: 2 } },
    ]);
    expect(story.page(['hal'], { track: 'trust', step: 2, seconds: 300 })).toBe('accepted');
    story.acknowledge('gus', 310);
    expect(dueWork(story.state, 0).filter((work) => work.type === 'page')).toEqual([]);
  });

  it('expires, and the incident is paged from step 1 on a new cycle', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    expect(dueWork(story.state, 0)).toEqual([{ type: 'expire_acknowledgement', at: at(1810) }]);
    expect(story.ask({ type: 'expire_acknowledgement' }, { seconds: 1809 })).toBe('unchanged');
    expect(story.ask({ type: 'expire_acknowledgement' }, { seconds: 1810 })).toBe('accepted');
    expect(story.state.status).toBe('triggered');
    expect(story.page(['ana'], { cycle: 2, seconds: 1810 })).toBe('accepted');
  });

  it('lasts longer when the person who gave it shows signs of life, and nobody else', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    story.ask({ type: 'note', text: 'looking' }, { seconds: 100, actor: 'bo' });
    expect(story.state.ackExpiresAt).toBe(at(1810));
    story.ask({ type: 'note', text: 'looking' }, { seconds: 200, actor: 'ana' });
    expect(story.state.ackExpiresAt).toBe(at(2000));
  });

  it('given up by escalating starts a cycle that was never paged', () => {
    const story = new IncidentStory();
    story.page(['ana']);
    story.acknowledge('ana');
    expect(
      story.ask({ type: 'escalate', step: null, track: null, reason: 'asked by ana' }, { seconds: 30 }),
    ).toBe('accepted');
    expect(story.state.status).toBe('triggered');
    expect(story.track()).toMatchObject({ cycle: 2, phase: 'to_page' });
  });
});

describe('resolving', () => {
  it('happens by itself when all alerts closed and nobody acknowledged', () => {
    const story = new IncidentStory();
    story.ask({ type: 'join_alert', alert: 'alert-2', title: 'Other', severity: 'error' });
    expect(story.ask({ type: 'close_alert', alert: 'alert-1', title: 'Replica lag' })).toBe('accepted');
    expect(story.state.status).toBe('triggered');
    story.ask({ type: 'close_alert', alert: 'alert-2', title: 'Other' });
    expect(story.state.status).toBe('resolved');
  });

  it('is only proposed when somebody acknowledged', () => {
    const story = new IncidentStory();
    story.acknowledge('ana');
    story.ask({ type: 'close_alert', alert: 'alert-1', title: 'Replica lag' });
    expect(story.state).toMatchObject({ status: 'acknowledged', resolutionProposed: true, alertsOpen: 0 });
  });

  it('is undone by the same condition firing again, and by a person within the window', () => {
    const story = new IncidentStory();
    story.ask({ type: 'resolve', comment: null, because: 'person' }, { actor: 'ana' });
    expect(story.acknowledge('bo')).toBe('already_resolved');
    story.ask({ type: 'join_alert', alert: 'alert-2', title: 'Replica lag', severity: 'critical' });
    expect(story.state).toMatchObject({ status: 'triggered', resolvedAt: null });
    story.ask({ type: 'resolve', comment: null, because: 'person' }, { actor: 'ana' });
    expect(story.ask({ type: 'reopen', reason: 'not over' })).toBe('accepted');
    expect(story.ask({ type: 'reopen', reason: 'again' })).toBe('unchanged');
  });
});

describe('priority', () => {
  const set = (priority: Priority, by: string | null): IncidentCommand => ({
    type: 'set_priority',
    priority,
    reasons: [],
    by,
    engaged: [securityTrack],
    ackTimeoutMs: 0,
  });

  it('set by a person ends the time to settle: somebody has looked', () => {
    const story = new IncidentStory();
    expect(nextDeadline(story.state, 10_000)).toBe(at(10));
    story.ask(set('P2', null), { seconds: 1 });
    expect(nextDeadline(story.state, 10_000)).toBe(at(10));
    story.ask(set('P1', 'cleo'), { seconds: 2 });
    expect(nextDeadline(story.state, 10_000)).toBe(at(0));
    // Nothing can settle that no alert has said.
    expect(nextDeadline(new IncidentStory(undefined, { alert: null }).state, 10_000)).toBe(at(0));
  });

  it('is not waited for when a person opens the incident again, and is when an alert does', () => {
    const again = (command: IncidentCommand, actor: string) => {
      const story = new IncidentStory();
      story.page(['ana'], { seconds: 10 });
      story.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 60 });
      story.ask(command, { seconds: 100, actor });
      return nextDeadline(story.state, 10_000);
    };
    const alert: IncidentCommand = { type: 'join_alert', alert: 'a', title: 'Lag', severity: 'error' };
    expect(again(alert, 'source:prometheus')).toBe(at(110));
    expect(again({ type: 'reopen', reason: null }, 'ana')).toBe(at(10));
  });

  it('set by a person stays; rules may only raise', () => {
    const story = new IncidentStory();
    expect(story.ask(set('P2', null))).toBe('unchanged');
    expect(story.ask(set('P5', 'ana'))).toBe('accepted');
    expect(story.ask(set('P1', null))).toBe('unchanged');
    expect(story.state).toMatchObject({ priority: 'P5', priorityBy: 'ana' });
    expect(story.state.tracks.map((track) => track.name)).toEqual(['checkout', 'trust']);
  });
});
