import { describe, expect, it } from '@jest/globals';
import type { Priority } from '../config/terms.js';
import type { IncidentCommand } from './commands.js';
import { dueWork, nextDeadline } from './deadline.js';
import { at, checkoutEscalation, IncidentBuilder, securityEscalation } from './testing/incident-builder.js';

describe('escalation', () => {
  it('pages step after step, repeats the cycle, pages the catch-all, and is exhausted', () => {
    const incident = new IncidentBuilder();
    expect(incident.page(['ana'])).toBe('accepted');
    expect(incident.page(['bo'], { step: 2, seconds: 300 })).toBe('accepted');
    expect(incident.page(['ana'], { cycle: 1, step: 1, seconds: 600 })).toBe('accepted');
    expect(incident.page(['bo'], { cycle: 1, step: 2, seconds: 900 })).toBe('accepted');
    expect(incident.page(['mira'], { cycle: 1, step: 3, seconds: 1200, catchAll: true })).toBe('accepted');
    expect(incident.escalation()?.phase).toBe('exhausted');
    expect(incident.kinds.at(-1)).toBe('exhausted');
    expect(nextDeadline(incident.state, 0)).toBeNull();
  });

  it('refuses a step that is not the next one', () => {
    const incident = new IncidentBuilder();
    expect(incident.page(['bo'], { step: 2 })).toBe('stale_step');
    incident.page(['ana']);
    expect(incident.page(['ana'])).toBe('stale_step');
    expect(incident.page(['ana'], { cycle: 1 })).toBe('stale_step');
  });

  it('goes to the next step at once when the person paged cannot take it', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    expect(incident.ask({ type: 'decline', person: 'bo', comment: null })).toBe('not_paged');
    expect(incident.ask({ type: 'decline', person: 'ana', comment: 'on a train' })).toBe('accepted');
    expect(dueWork(incident.state, 0)[0]).toMatchObject({ type: 'page', due: { cycle: 0, step: 2 } });
  });

  it('pages a step named by a person again on a new cycle', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    expect(incident.ask({ type: 'escalate', step: 1, escalation: null, reason: 'asked' })).toBe('accepted');
    expect(incident.escalation()).toMatchObject({ cycle: 2, step: 1, phase: 'to_page' });
    expect(incident.ask({ type: 'escalate', step: 8, escalation: null, reason: 'asked' })).toBe(
      'no_such_step',
    );
  });

  it('does not page while snoozed and starts a new cycle afterwards', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    expect(incident.ask({ type: 'snooze', until: at(600) }, { seconds: 10 })).toBe('accepted');
    expect(incident.page(['bo'], { step: 2, seconds: 300 })).toBe('not_paging');
    expect(incident.ask({ type: 'end_snooze' }, { seconds: 599 })).toBe('unchanged');
    expect(incident.ask({ type: 'end_snooze' }, { seconds: 600 })).toBe('accepted');
    expect(incident.escalation()).toMatchObject({ cycle: 2, step: 1, phase: 'to_page' });
    expect(incident.state.status).toBe('triggered');
  });
});

describe('asking for more people', () => {
  it('ends a snooze: who asks now wants them now', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    incident.page(['ana']);
    incident.ask({ type: 'snooze', until: at(36_000) }, { seconds: 10 });
    expect(incident.ask({ type: 'escalate', step: null, escalation: 'checkout', reason: 'worse' })).toBe(
      'accepted',
    );
    expect(incident.state).toMatchObject({ status: 'triggered', snoozedUntil: null });
    expect(incident.duePages).toEqual(['checkout 2/2', 'trust 1/1']);
  });

  it('of one team leaves with the others what they answered', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana');
    incident.acknowledge('gus', 20);
    expect(incident.ask({ type: 'escalate', step: null, escalation: 'trust', reason: 'more' })).toBe(
      'accepted',
    );
    expect(incident.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });
    expect(incident.duePages).toEqual(['trust 0/2']);
    incident.page(['hal'], { escalation: 'trust', step: 2, seconds: 30 });
    incident.acknowledge('hal', 40);
    expect(incident.duePages).toEqual([]);
  });

  it('of all teams, or of the only one, ends the acknowledgement', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    incident.ask({ type: 'escalate', step: null, escalation: 'checkout', reason: 'more' });
    expect(incident.state.status).toBe('triggered');
    expect(incident.duePages).toEqual(['checkout 2/2']);
  });

  it('of a team that is not there is refused', () => {
    const incident = new IncidentBuilder();
    expect(incident.ask({ type: 'escalate', step: null, escalation: 'nobody', reason: '' })).toBe(
      'no_such_escalation',
    );
  });

  it('by unacknowledging may begin at a later step', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    expect(incident.ask({ type: 'unacknowledge', reason: null, step: 2 })).toBe('not_acknowledged');
    incident.acknowledge('ana');
    expect(incident.ask({ type: 'unacknowledge', reason: null, step: 3 })).toBe('no_such_step');
    expect(incident.ask({ type: 'unacknowledge', reason: 'wrong team', step: 2 })).toBe('accepted');
    expect(incident.kinds.slice(-2)).toEqual(['unacknowledged', 'escalated']);
    expect(incident.duePages).toEqual(['checkout 2/2']);
  });

  it('by reassigning it to a person pages them first, then the policy from its first step', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana');
    incident.acknowledge('gus');
    expect(incident.ask({ type: 'unacknowledge', reason: null, to: 'cleo' })).toBe('accepted');
    expect(incident.duePages).toEqual(['checkout 2/0', 'trust 1/1']);
    expect(incident.escalation()?.named).toBe('cleo');
    expect(incident.page(['cleo'], { cycle: 2, step: 0, seconds: 20 })).toBe('accepted');
    expect(incident.duePages).toContain('checkout 2/1');
    incident.acknowledge('cleo', 30);
    expect(incident.escalation()).toMatchObject({ phase: 'answered' });
  });
});

describe("somebody who can't take it", () => {
  it('moves the escalation once: the people of the next step are given their time', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana', 'bo', 'cleo']);
    const decline = (person: string) => incident.ask({ type: 'decline', person, comment: null });
    expect(decline('ana')).toBe('accepted');
    expect(incident.page(['mira'], { step: 2, seconds: 20 })).toBe('accepted');
    expect([decline('bo'), decline('ana')]).toEqual(['accepted', 'accepted']);
    expect(incident.kinds.slice(-2)).toEqual(['declined', 'declined']);
    expect(incident.escalation()).toMatchObject({ cycle: 0, step: 2, phase: 'waiting', nextAt: at(320) });
    decline('mira');
    expect(incident.duePages).toEqual(['checkout 1/1']);
  });

  it('is heard while nobody is asked, and wakes nobody', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.ask({ type: 'snooze', until: at(600) }, { seconds: 10 });
    expect(incident.ask({ type: 'decline', person: 'ana', comment: null })).toBe('accepted');
    expect(incident.kinds.at(-1)).toBe('declined');
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'end_snooze', at: at(600) }]);
  });
});

describe('acknowledgement', () => {
  it('by somebody else takes no alarm clock from who sleeps on it', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { ackTimeoutMs: 0 });
    incident.page(['ana']);
    incident.acknowledge('ana');
    incident.ask({ type: 'snooze', until: at(36_000) }, { seconds: 20, actor: 'ana' });
    expect(incident.acknowledge('bo', 30)).toBe('accepted');
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'end_snooze', at: at(36_000) }]);
  });

  it('by a member of a required team counts before the page reached them, once', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana');
    expect(incident.acknowledge('hal', 20, ['trust'])).toBe('accepted');
    expect(incident.duePages).toEqual([]);
    expect(incident.state.responders.at(-1)).toMatchObject({ person: 'hal', team: 'trust', pagedAt: null });
    expect(incident.acknowledge('hal', 30, ['trust'])).toBe('unchanged');
  });

  it('by somebody of no engaged team is on record once', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    expect(incident.acknowledge('rosa', 20, ['billing'])).toBe('accepted');
    expect(incident.acknowledge('rosa', 30, ['billing'])).toBe('unchanged');
    expect(incident.state.responders.at(-1)).toMatchObject({
      person: 'rosa',
      team: 'billing',
      required: false,
    });
  });

  it('given before answers a later step that waits for the same people', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana', 'bo'], { everyone: true });
    incident.acknowledge('ana');
    expect(incident.page(['ana'], { step: 2, seconds: 300, everyone: true })).toBe('accepted');
    expect(incident.kinds.slice(-2)).toEqual(['escalated', 'acknowledged']);
    expect(incident.events.at(-1)).toMatchObject({ data: { person: 'ana', earlier: true } });
    expect(incident.escalation()?.phase).toBe('answered');
  });

  it('stops escalation and names the commander; a second person is recorded and changes nothing', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    expect(incident.acknowledge('ana')).toBe('accepted');
    expect(incident.state).toMatchObject({ status: 'acknowledged', commander: 'ana', acknowledgedBy: 'ana' });
    expect(incident.escalation()?.phase).toBe('answered');
    expect(incident.acknowledge('ana')).toBe('unchanged');
    expect(incident.acknowledge('bo', 20)).toBe('accepted');
    expect(incident.state).toMatchObject({ commander: 'ana', acknowledgedBy: 'ana', acknowledgedAt: at(10) });
  });

  it('of a step for everyone waits for each of its people', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana', 'bo'], { everyone: true });
    incident.acknowledge('ana');
    expect(incident.escalation()).toMatchObject({ phase: 'waiting', awaiting: ['bo'] });
    incident.acknowledge('bo', 20);
    expect(incident.escalation()?.phase).toBe('answered');
  });

  it('by one of a step for everyone leaves the next step due for the others, who may answer there', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana', 'bo'], { everyone: true });
    incident.acknowledge('ana');
    expect(nextDeadline(incident.state, 0)).toBe(at(300));
    expect(incident.page(['cleo'], { step: 2, seconds: 300 })).toBe('accepted');
    expect(dueWork(incident.state, 0)[0]).toMatchObject({ type: 'page', due: { cycle: 1, step: 1 } });
    incident.acknowledge('cleo', 310);
    expect(dueWork(incident.state, 0).filter((work) => work.type === 'page')).toEqual([]);
  });

  it('stands when a raised priority engages a team that need not answer by itself', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    const engaged = [{ ...securityEscalation, required: false }];
    incident.ask({
      type: 'set_priority',
      priority: 'P1',
      reasons: [],
      by: 'ana',
      engaged,
      ackTimeoutMs: 0,
    });
    expect(incident.escalation('trust')?.phase).toBe('answered');
  });

  it('by one team leaves a required one paging until its own people answer', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana');
    expect(incident.escalation('checkout')?.phase).toBe('answered');
    expect(dueWork(incident.state, 0).filter((work) => work.type === 'page')).toMatchObject([
      { escalation: 'trust', due: { cycle: 0, step: 2 } },
    ]);
    expect(incident.page(['hal'], { escalation: 'trust', step: 2, seconds: 300 })).toBe('accepted');
    incident.acknowledge('gus', 310);
    expect(dueWork(incident.state, 0).filter((work) => work.type === 'page')).toEqual([]);
  });

  it('expires, and the incident is paged from step 1 on a new cycle', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'expire_acknowledgement', at: at(1810) }]);
    expect(incident.ask({ type: 'expire_acknowledgement' }, { seconds: 1809 })).toBe('unchanged');
    expect(incident.ask({ type: 'expire_acknowledgement' }, { seconds: 1810 })).toBe('accepted');
    expect(incident.state.status).toBe('triggered');
    expect(incident.page(['ana'], { cycle: 2, seconds: 1810 })).toBe('accepted');
  });

  it('lasts longer when the person who gave it shows signs of life, and nobody else', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    incident.ask({ type: 'note', text: 'looking' }, { seconds: 100, actor: 'bo' });
    expect(incident.state.ackExpiresAt).toBe(at(1810));
    incident.ask({ type: 'note', text: 'looking' }, { seconds: 200, actor: 'ana' });
    expect(incident.state.ackExpiresAt).toBe(at(2000));
  });

  it('given up by escalating starts a cycle that was never paged', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    expect(
      incident.ask(
        { type: 'escalate', step: null, escalation: null, reason: 'asked by ana' },
        { seconds: 30 },
      ),
    ).toBe('accepted');
    expect(incident.state.status).toBe('triggered');
    expect(incident.escalation()).toMatchObject({ cycle: 2, phase: 'to_page' });
  });
});

describe('resolving', () => {
  it('happens by itself when all alerts closed and nobody acknowledged', () => {
    const incident = new IncidentBuilder();
    incident.ask({ type: 'join_alert', alert: 'alert-2', title: 'Other', severity: 'error' });
    expect(incident.ask({ type: 'close_alert', alert: 'alert-1', title: 'Replica lag' })).toBe('accepted');
    expect(incident.state.status).toBe('triggered');
    incident.ask({ type: 'close_alert', alert: 'alert-2', title: 'Other' });
    expect(incident.state.status).toBe('resolved');
  });

  it('is only proposed when somebody acknowledged', () => {
    const incident = new IncidentBuilder();
    incident.acknowledge('ana');
    incident.ask({ type: 'close_alert', alert: 'alert-1', title: 'Replica lag' });
    expect(incident.state).toMatchObject({ status: 'acknowledged', resolutionProposed: true, alertsOpen: 0 });
  });

  it('is undone by the same condition firing again, and by a person within the window', () => {
    const incident = new IncidentBuilder();
    incident.ask({ type: 'resolve', comment: null, because: 'person' }, { actor: 'ana' });
    expect(incident.acknowledge('bo')).toBe('already_resolved');
    incident.ask({ type: 'join_alert', alert: 'alert-2', title: 'Replica lag', severity: 'critical' });
    expect(incident.state).toMatchObject({ status: 'triggered', resolvedAt: null });
    incident.ask({ type: 'resolve', comment: null, because: 'person' }, { actor: 'ana' });
    expect(incident.ask({ type: 'reopen', reason: 'not over' })).toBe('accepted');
    expect(incident.ask({ type: 'reopen', reason: 'again' })).toBe('unchanged');
  });
});

describe('priority', () => {
  const set = (priority: Priority, by: string | null): IncidentCommand => ({
    type: 'set_priority',
    priority,
    reasons: [],
    by,
    engaged: [securityEscalation],
    ackTimeoutMs: 0,
  });

  it('set by a person ends the time to settle: somebody has looked', () => {
    const incident = new IncidentBuilder();
    expect(nextDeadline(incident.state, 10_000)).toBe(at(10));
    incident.ask(set('P2', null), { seconds: 1 });
    expect(nextDeadline(incident.state, 10_000)).toBe(at(10));
    incident.ask(set('P1', 'cleo'), { seconds: 2 });
    expect(nextDeadline(incident.state, 10_000)).toBe(at(0));
    // There is no settle time without an alert.
    expect(nextDeadline(new IncidentBuilder(undefined, { alert: null }).state, 10_000)).toBe(at(0));
  });

  it('is not waited for when a person opens the incident again, and is when an alert does', () => {
    const again = (command: IncidentCommand, actor: string) => {
      const incident = new IncidentBuilder();
      incident.page(['ana'], { seconds: 10 });
      incident.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 60 });
      incident.ask(command, { seconds: 100, actor });
      return nextDeadline(incident.state, 10_000);
    };
    const alert: IncidentCommand = { type: 'join_alert', alert: 'a', title: 'Lag', severity: 'error' };
    expect(again(alert, 'source:prometheus')).toBe(at(110));
    expect(again({ type: 'reopen', reason: null }, 'ana')).toBe(at(10));
  });

  it('set by a person stays; rules may only raise', () => {
    const incident = new IncidentBuilder();
    expect(incident.ask(set('P2', null))).toBe('unchanged');
    expect(incident.ask(set('P5', 'ana'))).toBe('accepted');
    expect(incident.ask(set('P1', null))).toBe('unchanged');
    expect(incident.state).toMatchObject({ priority: 'P5', priorityBy: 'ana' });
    expect(incident.state.escalations.map((escalation) => escalation.name)).toEqual(['checkout', 'trust']);
  });
});
