import { expect, it } from '@jest/globals';
import { type IncidentOfClosedAlert, stillBelongs } from './reopen-window.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 10, minute)).toISOString();

const incident = (change: Partial<IncidentOfClosedAlert> = {}): IncidentOfClosedAlert => ({
  status: 'resolved',
  mergedInto: null,
  resolvedAt: at(0),
  ...change,
});

it.each<[string, number, IncidentOfClosedAlert, number, boolean]>([
  ['an open incident, hours later', 0, incident({ status: 'triggered', resolvedAt: null }), 600, true],
  ['an acknowledged one', 0, incident({ status: 'acknowledged', resolvedAt: null }), 600, true],
  ['a resolved one within the window', 0, incident(), 29, true],
  ['a resolved one at the end of the window', 0, incident(), 30, false],
  ['the window runs from the later end: the alert', 20, incident(), 49, true],
  ['the window runs from the later end: the resolution', 0, incident({ resolvedAt: at(20) }), 49, true],
  ['a closed one within the window', 0, incident({ status: 'closed' }), 10, true],
  ['a merged one, however early', 0, incident({ status: 'closed', mergedInto: 'incident-2' }), 1, false],
  [
    'one that is open and was merged',
    0,
    incident({ status: 'triggered', mergedInto: 'incident-2' }),
    1,
    false,
  ],
])('%s: closed at %i, fires again', (_case, closedAt, of, now, belongs) =>
  expect(stillBelongs(at(closedAt), of, at(now))).toBe(belongs),
);
