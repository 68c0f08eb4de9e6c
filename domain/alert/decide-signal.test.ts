import { describe, expect, it } from '@jest/globals';
import {
  decideSignal,
  type Destination,
  type KeyFacts,
  type LastClosed,
  type LastIncident,
} from './decide-signal.js';
import type { AlertSignal } from './signal.js';

const now = '2026-11-22T22:10:00.000Z';
const nothing: KeyFacts = { open: null, parkedResolve: null, lastClosed: null };
const open: KeyFacts['open'] = { id: 'a1', incident: 'i1', severity: 'error' };

const signal = (fields: Partial<AlertSignal>): AlertSignal => ({
  action: 'trigger',
  dedupKey: 'k',
  title: 'Down',
  severity: 'error',
  labels: {},
  links: [],
  occurredAt: null,
  detail: null,
  ...fields,
});
const minutesAgo = (minutes: number) => new Date(Date.parse(now) - minutes * 60_000).toISOString();

const toShop: Destination = { service: 'shop', team: 'alpha', drill: null };

const decide = (
  fields: Partial<AlertSignal>,
  facts: Partial<KeyFacts>,
  { acknowledgeAllowed = true, stillFiringMs = 0, body = null as string | null, to = toShop } = {},
) =>
  decideSignal(
    signal(fields),
    { ...nothing, ...facts },
    { now, acknowledgeAllowed, stillFiringMs: () => stillFiringMs, body, destination: () => to },
  );

const ofAlpha: LastIncident = {
  number: 'INC-1',
  service: 'shop',
  drill: null,
  isOpen: false,
  teams: ['alpha'],
};

const closed = (fields: Partial<LastClosed> = {}): LastClosed => ({
  id: 'a0',
  incident: 'i0',
  severity: 'error',
  service: 'shop',
  closedAt: minutesAgo(1),
  closedBy: 'source:prometheus',
  belongs: true,
  of: ofAlpha,
  startedAt: null,
  triggerBody: null,
  triggeredAt: minutesAgo(3),
  ...fields,
});

describe('a trigger', () => {
  it('is new when nothing is open, counted when something is', () => {
    expect(decide({}, {})).toMatchObject({ kind: 'new', status: 'open', reopens: null });
    expect(decide({}, { open })).toMatchObject({
      kind: 'counted',
      alert: 'a1',
      incident: 'i1',
      raisedTo: null,
    });
    expect(decide({ severity: 'critical' }, { open })).toMatchObject({
      kind: 'counted',
      raisedTo: 'critical',
    });
    expect(decide({ severity: 'info' }, { open })).toMatchObject({ kind: 'counted', raisedTo: null });
  });

  it('within the reopen window is a new alert of the same incident, later of a new one', () => {
    expect(decide({}, { lastClosed: closed() })).toMatchObject({
      kind: 'new',
      status: 'open',
      reopens: 'i0',
    });
    expect(decide({}, { lastClosed: closed({ belongs: false }) })).toMatchObject({
      kind: 'new',
      reopens: null,
    });
  });

  const late = { occurredAt: minutesAgo(2) };
  const parkedResolve = { at: minutesAgo(1), occurredAt: minutesAgo(1) };
  it('that the sender says is from before a parked resolve is recorded as closed, with no incident', () => {
    expect(decide(late, { parkedResolve })).toMatchObject({
      kind: 'new',
      status: 'closed',
      reasons: [{ decision: 'closed' }],
    });
  });

  it.each([
    ['after the parked resolve', { occurredAt: minutesAgo(0.5) }, parkedResolve],
    ['at an unknown time', { occurredAt: null }, parkedResolve],
    [
      'while the resolve has no time of the sender (PagerDuty): its clock is not ours',
      late,
      { at: minutesAgo(1) },
    ],
    ['after the sender says it was resolved', late, { ...parkedResolve, occurredAt: minutesAgo(3) }],
    ['the start of a state', { ...late, startedAt: minutesAgo(2) }, parkedResolve],
    [
      'over 5 minutes after it',
      { occurredAt: minutesAgo(10) },
      { at: minutesAgo(5.1), occurredAt: minutesAgo(5.1) },
    ],
  ])('pages when it is %s', (_, fields, parked) => {
    expect(decide(fields, { parkedResolve: parked })).toMatchObject({ kind: 'new', status: 'open' });
  });

  it('with the start of before, after the resolve of its source, fires again (alertmanager#1684, #2447, #952)', () => {
    const lastClosed = closed({ startedAt: minutesAgo(20) });
    const again = { occurredAt: minutesAgo(20), startedAt: minutesAgo(20) };
    expect(decide(again, { lastClosed })).toMatchObject({ kind: 'new', status: 'open', reopens: 'i0' });
    const body = 'the same bytes';
    expect(decide(again, { lastClosed: { ...lastClosed, triggerBody: body } }, { body })).toMatchObject({
      kind: 'new',
      reopens: 'i0',
    });
  });

  it('is a redelivery when it is the same stamped event, byte for byte, within 5 minutes of the first', () => {
    const lastClosed = closed({ triggerBody: 'bytes' });
    expect(decide(late, { lastClosed }, { body: 'bytes' })).toMatchObject({ kind: 'dropped' });
    const others: [Partial<AlertSignal>, LastClosed, string][] = [
      [late, lastClosed, 'other bytes'],
      [{ occurredAt: null }, lastClosed, 'bytes'],
      [late, { ...lastClosed, triggeredAt: minutesAgo(5.1) }, 'bytes'],
      [late, { ...lastClosed, closedBy: 'ana' }, 'bytes'],
    ];
    for (const [fields, last, body] of others)
      expect(decide(fields, { lastClosed: last }, { body })).toMatchObject({ kind: 'new', reopens: 'i0' });
  });
});

describe('a trigger whose route leads elsewhere than to the teams of the last incident', () => {
  const toBeta: Destination = { service: 'bank', team: 'beta', drill: null };
  const nowhere: Destination = { service: null, team: null, drill: null };
  const merged: LastIncident = { ...ofAlpha, service: 'bank', teams: ['beta'] };
  const open = { isOpen: true };

  it.each<[string, Partial<LastIncident>, Destination]>([
    ['its source was pointed at a service of another team', {}, toBeta],
    ['its source was pointed there while the incident is open', open, toBeta],
    ['its service was given to another team', {}, { ...toShop, team: 'beta' }],
    ['its service was given to another team while the incident is open', open, { ...toShop, team: 'beta' }],
    ['its incident was merged into one of another team, and that is resolved', merged, toShop],
    ['nobody answers for it any more', {}, nowhere],
    ['somebody answers for it now', { service: null, teams: ['organisation'] }, toShop],
    ['the last incident was a drill', { drill: 'd1' }, toShop],
    ['it is a drill and the last incident was none', {}, { ...toShop, drill: 'd1' }],
    ['it is of another drill', { drill: 'd1' }, { ...toShop, drill: 'd2' }],
  ])('is a new incident: %s', (_, of, to) => {
    const lastClosed = closed({ of: { ...ofAlpha, ...of } });
    for (const closedBy of ['source:prometheus', 'ana']) {
      const decision = decide(
        {},
        { lastClosed: { ...lastClosed, closedBy } },
        { to, stillFiringMs: 900_000 },
      );
      expect(decision).toMatchObject({ kind: 'new', status: 'open', reopens: null });
      expect(decision.reasons[0]?.text).toContain('INC-1');
    }
  });

  it.each<[string, Partial<LastIncident>, Destination]>([
    ['another service of the same team', {}, { ...toShop, service: 'till' }],
    ['a team that the incident called besides', { teams: ['alpha', 'beta'] }, toBeta],
    ['what people merged, while it is open', { ...merged, ...open }, toShop],
    ['nobody, as before', { service: null, teams: ['security'] }, nowhere],
    ['the same drill', { drill: 'd1' }, { ...toShop, drill: 'd1' }],
  ])('is of the same incident: %s', (_, of, to) => {
    const lastClosed = closed({ of: { ...ofAlpha, ...of } });
    expect(decide({}, { lastClosed }, { to })).toMatchObject({ kind: 'new', reopens: 'i0' });
  });
});

describe('a trigger after a person resolved what fires (grafana-cold-storage/oncall#5392)', () => {
  const lastClosed = closed({ closedBy: 'ana', startedAt: minutesAgo(20) });
  const repeat = { startedAt: minutesAgo(20), occurredAt: minutesAgo(20) };
  const waiting = { stillFiringMs: 15 * 60_000 };

  it('opens the incident again at once, or a new one after the reopen window, and says who resolved it', () => {
    expect(decide(repeat, { lastClosed })).toMatchObject({
      kind: 'new',
      reopens: 'i0',
      reasons: [{ text: expect.stringContaining('ana resolved') }],
    });
    expect(decide(repeat, { lastClosed: { ...lastClosed, belongs: false } })).toMatchObject({
      kind: 'new',
      reopens: null,
    });
  });

  it('is only counted for as long as the plan lets repeats wait', () => {
    expect(decide(repeat, { lastClosed }, waiting)).toMatchObject({ kind: 'waiting', alert: 'a0' });
    expect(decide({}, { lastClosed }, waiting)).toMatchObject({ kind: 'waiting' });
    const longAgo = { ...lastClosed, closedAt: minutesAgo(15) };
    expect(decide(repeat, { lastClosed: longAgo }, waiting)).toMatchObject({ kind: 'new', reopens: 'i0' });
  });

  it.each<[string, Partial<AlertSignal>, Partial<KeyFacts>]>([
    ['another start', { startedAt: minutesAgo(1) }, { lastClosed }],
    ["after the source's own resolve", repeat, { lastClosed, parkedResolve: { at: minutesAgo(0.5) } }],
    ['a worse severity', { ...repeat, severity: 'critical' }, { lastClosed }],
    ['closed by its source', repeat, { lastClosed: { ...lastClosed, closedBy: 'source:prometheus' } }],
    ['closed by a deadline', repeat, { lastClosed: { ...lastClosed, closedBy: 'tocsin' } }],
  ])('never waits when it is a new episode: %s', (_, fields, facts) => {
    expect(decide(fields, facts, waiting)).toMatchObject({ kind: 'new', reopens: 'i0' });
  });
});

describe('a resolve', () => {
  it('closes what is open, else parks its key and says so', () => {
    expect(decide({ action: 'resolve' }, { open })).toMatchObject({
      kind: 'close',
      alert: 'a1',
      incident: 'i1',
    });
    expect(decide({ action: 'resolve' }, {})).toMatchObject({
      kind: 'parked',
      reasons: [{ stage: 'dedup', decision: 'parked' }],
    });
  });

  it('whose end is before the start closes it all the same, with a note (prometheus#1386)', () => {
    const began = { ...open, occurredAt: minutesAgo(1) } as KeyFacts['open'];
    const fields = { action: 'resolve', occurredAt: minutesAgo(2), startedAt: minutesAgo(1) } as const;
    expect(decide(fields, { open: began })).toMatchObject({
      kind: 'close',
      reasons: [{ text: expect.stringContaining('before its start') }],
    });
    expect(decide({ action: 'resolve', occurredAt: null }, { open: began })).toMatchObject({ kind: 'close' });
  });

  it('that comes twice parks no key: the next trigger is a new one', () => {
    expect(decide({ action: 'resolve' }, { lastClosed: closed() })).toMatchObject({ kind: 'dropped' });
    expect(decide({ action: 'resolve' }, { lastClosed: closed({ closedBy: 'ana' }) })).toMatchObject({
      kind: 'parked',
    });
  });
});

describe('an acknowledge', () => {
  it('counts for an open alert of a source that may', () => {
    expect(decide({ action: 'acknowledge' }, { open })).toMatchObject({
      kind: 'acknowledge',
      incident: 'i1',
    });
    expect(decide({ action: 'acknowledge' }, { open }, { acknowledgeAllowed: false })).toMatchObject({
      kind: 'dropped',
      reasons: [{ text: expect.stringContaining('spec.acknowledge') }],
    });
    expect(decide({ action: 'acknowledge' }, {})).toMatchObject({ kind: 'dropped' });
  });
});
