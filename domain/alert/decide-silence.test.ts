import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideSilence, reminderAt, type SilenceFacts, type SilenceRequested } from './decide-silence.js';
import { type JudgedAlert } from './stage.js';
import { candidateOf, type LiveSilence, patternSteps, silences, silenceStage } from './silence.js';

const now = '2026-03-01T12:00:00.000Z';
const hours = (n: number): string => new Date(Date.parse(now) + n * 3_600_000).toISOString();
const asked: SilenceRequested = {
  matchers: [{ field: 'labels.env', op: '=', value: 'staging' }],
  until: hours(4),
  everything: false,
  untilClear: false,
  teams: null,
};
const facts: SilenceFacts = {
  now,
  by: { isManager: true, teams: [] },
  teamOf: (service) => (service === 'shop' ? 'checkout' : service === 'mail' ? 'infra' : null),
  teamExists: (name) => ['checkout', 'infra'].includes(name),
  inForce: 0,
  steps: 10,
};
const responder = { isManager: false, teams: ['checkout'] };
const decide = (more: Partial<SilenceRequested>, of: Partial<SilenceFacts> = {}) =>
  decideSilence({ ...asked, ...more }, { ...facts, ...of });

describe('a silence', () => {
  it('of a manager is for every team', () => {
    expect(decide({})).toEqual({ kind: 'accepted', teams: null, until: hours(4), everything: false });
  });

  it('of a responder is for the services of their own teams', () => {
    expect(decide({}, { by: responder })).toMatchObject({ kind: 'accepted', teams: ['checkout'] });
    const of = (service: string) =>
      decide({ matchers: [{ field: 'service', op: '=', value: service }] }, { by: responder });
    expect(of('shop')).toMatchObject({ kind: 'accepted' });
    expect(of('mail')).toMatchObject({ code: 'not_yours' });
    expect(of('nowhere')).toMatchObject({ code: 'not_yours' });
    expect(decide({ teams: ['infra'] }, { by: responder })).toMatchObject({ code: 'not_yours' });
    expect(decide({}, { by: { isManager: false, teams: [] } })).toMatchObject({ code: 'not_yours' });
  });

  it('of everything has to be said, and lasts a day at most', () => {
    expect(decide({ matchers: [] })).toMatchObject({ code: 'matches_everything' });
    expect(decide({ matchers: [], everything: true })).toMatchObject({ kind: 'accepted', everything: true });
    expect(decide({ matchers: [], everything: true, until: hours(25) })).toMatchObject({ code: 'too_long' });
  });

  it('never lasts for good, and never ended before it began', () => {
    expect(decide({ until: hours(31 * 24) })).toMatchObject({ code: 'too_long', path: 'until' });
    expect(decide({ until: '9999-12-31T00:00:00Z' })).toMatchObject({ code: 'too_long' });
    expect(decide({ until: now })).toMatchObject({ code: 'in_the_past' });
  });

  it('names teams that exist, and is one of a bounded number', () => {
    expect(decide({ teams: ['nobody'] })).toMatchObject({ code: 'unknown_team' });
    expect(decide({}, { inForce: 500 })).toMatchObject({ code: 'too_many_silences' });
    expect(decide({}, { steps: 10_000 })).toMatchObject({ kind: 'accepted' });
    expect(decide({}, { steps: 10_001 })).toMatchObject({ code: 'costs_too_much', path: 'matchers' });
  });

  it('until its alerts clear has to name them', () => {
    expect(decide({ untilClear: true })).toMatchObject({ code: 'names_no_alerts' });
    const matchers = (['source', 'dedupKey'] as const).map((field) => ({
      field,
      op: '=' as const,
      value: ['x'],
    }));
    expect(decide({ untilClear: true, matchers })).toMatchObject({ kind: 'accepted' });
  });

  it('is brought to mind before its end', () => {
    expect(reminderAt(now, hours(4))).toBe(hours(3));
    expect(reminderAt(now, hours(20 * 24))).toBe(hours(19 * 24));
    expect(reminderAt(now, hours(0.25))).toBeNull();
  });
});

describe('the silence stage', () => {
  const alert: JudgedAlert = {
    id: 'a',
    source: 'prometheus',
    service: 'shop',
    team: 'checkout',
    triggers: [],
    reopens: false,
    heldBy: null,
    signal: {
      action: 'trigger',
      dedupKey: 'k',
      title: 'Disk',
      severity: 'warning',
      labels: { env: 'staging' },
      links: [],
      occurredAt: null,
      detail: null,
    },
  };
  const silence = (id: string, until: string, teams: string[] | null = null): LiveSilence => ({
    id,
    until,
    teams,
    matchers: asked.matchers,
    owner: 'ana',
    reason: 'known',
  });

  it('holds what matches until the silence ends; of two the one that ends last', () => {
    const verdict = silenceStage(
      alert,
      [silence('one', hours(1)), silence('two', hours(2)), silence('three', hours(1))],
      now,
    );
    expect(verdict).toMatchObject({ kind: 'hold', by: 'silence/two', until: hours(2) });
    expect(verdict.reason?.text).toBe(`silenced by ana until ${hours(2)} (known): labels.env = staging`);
  });

  it('lets pass what no silence in force matches', () => {
    expect(silenceStage(alert, [], now).kind).toBe('pass');
    expect(silenceStage(alert, [silence('over', now)], now).kind).toBe('pass');
    expect(silenceStage(alert, [silence('foreign', hours(1), ['infra'])], now).kind).toBe('pass');
    expect(silenceStage({ ...alert, team: null }, [silence('mine', hours(1), ['checkout'])], now).kind).toBe(
      'pass',
    );
    expect(silenceStage(alert, [silence('mine', hours(1), ['checkout'])], now).kind).toBe('hold');
  });

  it('finds of many silences the one that comparing with each of them finds', () => {
    const text = fc.constantFrom('a', 'b', 'staging', 'shop', 'warning');
    const field = fc.constantFrom('labels.env', 'labels.x', 'service', 'severity', 'title');
    const op = fc.constantFrom('=' as const, '!=' as const);
    const matcher = fc.record({
      field,
      op,
      value: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
    });
    const one = fc.record({
      matchers: fc.array(matcher, { minLength: 1, maxLength: 2 }),
      until: fc.nat(200).map(hours),
    });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 12 }),
        fc.dictionary(fc.constantFrom('env', 'x'), text),
        (list, labels) => {
          const all = list.map((given, id): LiveSilence => ({
            ...silence(String(id), given.until),
            ...given,
          }));
          const told = { ...alert, signal: { ...alert.signal, labels } };
          const until = all
            .filter((each) => each.until > now && silences(each, candidateOf(told)))
            .map((each) => each.until)
            .toSorted()
            .at(-1);
          const verdict = silenceStage(told, all, now);
          expect(verdict.kind === 'hold' ? verdict.until : undefined).toBe(until);
        },
      ),
    );
  });
});

it('costs what its patterns cost; values cost nothing', () => {
  const of = (op: '=' | '=~', value: string) => ({ matchers: [{ field: 'title' as const, op, value }] });
  expect(patternSteps([of('=', 'a'), of('=', 'b')])).toBe(0);
  const one = patternSteps([of('=~', '.*a.{0,200}c')]);
  expect(one).toBeGreaterThan(200);
  expect(patternSteps([of('=~', '.*a.{0,200}c'), of('=~', '.*a.{0,200}c')])).toBe(2 * one);
});
