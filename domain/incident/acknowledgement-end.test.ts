/** Expiry of acknowledgements: by a person, by a machine, and beside another one. */
import { describe, expect, it } from '@jest/globals';
import { at, checkoutEscalation, IncidentBuilder, securityEscalation } from './testing/incident-builder.js';

const teams = [
  { ...checkoutEscalation, required: true },
  { ...securityEscalation, required: true },
];

describe('an acknowledgement', () => {
  it('of a second team lasts as long as the timeline says: the later end of the two counts', () => {
    const incident = new IncidentBuilder(teams, { ackTimeoutMs: 1_800_000 });
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana', 10);
    incident.acknowledge('gus', 1_700);
    expect(incident.events.at(-1)).toMatchObject({ kind: 'acknowledged', data: { expiresAt: at(3_500) } });
    expect(incident.state.ackExpiresAt).toBe(at(3_500));
    expect(incident.ask({ type: 'expire_acknowledgement' }, { seconds: 1_810 })).toBe('unchanged');
  });

  it('of a source ends after 30 minutes where a plan lets acknowledgements last (ADR 13)', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { ackTimeoutMs: 0 });
    incident.ask({ type: 'acknowledge', person: 'source:pd' }, { seconds: 10, actor: 'source:pd' });
    expect(incident.state).toMatchObject({ status: 'acknowledged', ackExpiresAt: at(1_810) });
    incident.acknowledge('ana', 20);
    expect(incident.state).toMatchObject({ acknowledgedBy: 'ana', ackExpiresAt: null });
  });

  it('of a key or a source extends what a person has by nothing', () => {
    const incident = new IncidentBuilder(teams, { ackTimeoutMs: 60_000 });
    incident.page(['ana']);
    incident.acknowledge('ana', 10);
    const end = incident.state.ackExpiresAt;
    incident.ask({ type: 'acknowledge', person: 'source:pd' }, { seconds: 40, actor: 'source:pd' });
    incident.ask({ type: 'acknowledge', person: 'gus' }, { seconds: 50, actor: 'key:7' });
    expect(incident.state).toMatchObject({ acknowledgedBy: 'ana', ackExpiresAt: end });
  });
});

describe('a snooze', () => {
  it('lasts 30 days at the most', () => {
    const incident = new IncidentBuilder([checkoutEscalation]);
    const days = (n: number): string => at(n * 86_400);
    expect(incident.ask({ type: 'snooze', until: days(31) }, { actor: 'ana' })).toBe('snooze_too_long');
    expect(incident.ask({ type: 'snooze', until: days(30) }, { actor: 'ana' })).toBe('accepted');
  });
});

describe('a merge', () => {
  it('of a real incident into a drill, or of a drill into a real incident, is refused', () => {
    const incident = new IncidentBuilder([checkoutEscalation]);
    const into = { type: 'merge', into: 'incident-9', number: 'INC-9' } as const;
    expect(incident.ask({ ...into, drill: 'drill-1' }, { actor: 'ana' })).toBe('merge_with_drill');
    expect(incident.state.status).toBe('triggered');
    expect(incident.ask({ ...into, drill: null }, { actor: 'ana' })).toBe('accepted');
  });
});
