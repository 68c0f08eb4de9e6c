import { describe, expect, it } from '@jest/globals';
import { decideSignal, type KeyFacts } from './decide-signal.js';
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
const decide = (fields: Partial<AlertSignal>, facts: Partial<KeyFacts>, acknowledgeAllowed = true) =>
  decideSignal(signal(fields), { ...nothing, ...facts }, { now, acknowledgeAllowed });

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

  it('within the reopen window is a new alert of the same incident', () => {
    const lastClosed = { id: 'a0', incident: 'i0' };
    expect(decide({}, { lastClosed })).toMatchObject({ kind: 'new', status: 'open', reopens: 'i0' });
  });

  const late = { occurredAt: '2026-11-22T22:08:00.000Z' };
  const parkedResolve = { at: '2026-11-22T22:09:00.000Z' };
  it('from before a parked resolve is recorded as closed, with no incident', () => {
    expect(decide(late, { parkedResolve })).toMatchObject({
      kind: 'new',
      status: 'closed',
      reasons: [{ decision: 'closed' }],
    });
  });

  it.each([
    ['after the parked resolve', { occurredAt: '2026-11-22T22:09:30.000Z' }, parkedResolve],
    ['at an unknown time', { occurredAt: null }, parkedResolve],
    [
      'after the sender says it was resolved',
      late,
      { ...parkedResolve, occurredAt: '2026-11-22T22:07:00.000Z' },
    ],
    [
      'but the resolve was parked over 5 minutes ago',
      { occurredAt: '2026-11-22T22:00:00.000Z' },
      { at: '2026-11-22T22:04:59.000Z' },
    ],
  ])('pages when it is %s', (_, fields, parked) => {
    expect(decide(fields, { parkedResolve: parked })).toMatchObject({ kind: 'new', status: 'open' });
  });

  it('delivered again after its own resolve reopens nothing', () => {
    const lastClosed = { id: 'a0', incident: 'i0', resolveOccurredAt: '2026-11-22T22:08:30.000Z' };
    expect(decide(late, { lastClosed })).toMatchObject({ kind: 'dropped' });
    expect(decide({ occurredAt: '2026-11-22T22:09:00.000Z' }, { lastClosed })).toMatchObject({
      kind: 'new',
      reopens: 'i0',
    });
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

  it('of an earlier round does not close a newer alert', () => {
    const newer: KeyFacts['open'] = {
      id: 'a1',
      incident: 'i1',
      severity: 'error',
      occurredAt: '2026-11-22T22:09:00.000Z',
    };
    expect(
      decide({ action: 'resolve', occurredAt: '2026-11-22T22:08:00.000Z' }, { open: newer }),
    ).toMatchObject({ kind: 'dropped' });
    expect(decide({ action: 'resolve', occurredAt: null }, { open: newer })).toMatchObject({ kind: 'close' });
  });
});

describe('an acknowledge', () => {
  it('counts for an open alert of a source that may', () => {
    expect(decide({ action: 'acknowledge' }, { open })).toMatchObject({
      kind: 'acknowledge',
      incident: 'i1',
    });
    expect(decide({ action: 'acknowledge' }, { open }, false)).toMatchObject({
      kind: 'dropped',
      reasons: [{ text: expect.stringContaining('spec.acknowledge') }],
    });
    expect(decide({ action: 'acknowledge' }, {})).toMatchObject({ kind: 'dropped' });
  });
});
