import { describe, expect, it } from '@jest/globals';
import type { Severity } from '../config/terms.js';
import type { KeyFacts } from './decide-signal.js';
import { plainRepeat } from './plain-repeat.js';
import type { SignalAction } from './signal.js';

const open = { id: 'a', incident: 'i', severity: 'warning' } as const;

const cases: [string, SignalAction, Severity, KeyFacts['open'], boolean, boolean][] = [
  ['the same again', 'trigger', 'warning', open, false, true],
  ['a milder one, which lowers nothing', 'trigger', 'info', open, false, true],
  ['a worse one, which raises the priority', 'trigger', 'critical', open, false, false],
  ['a resolve', 'resolve', 'warning', open, false, false],
  ['an acknowledge', 'acknowledge', 'warning', open, false, false],
  ['a trigger of a key that is not open', 'trigger', 'warning', null, false, false],
  ['a repeat of an alert that is held', 'trigger', 'warning', { ...open, incident: null }, false, false],
  ['a band of a watch, or an alert that holds others back', 'trigger', 'warning', open, true, false],
];

describe('a message that only repeats an open alert', () => {
  it.each(cases)('%s', (_text, action, severity, known, isWatch, isPlain) => {
    const expected = isPlain ? { alert: 'a', incident: 'i' } : null;
    expect(plainRepeat({ action, severity }, { open: known }, isWatch)).toEqual(expected);
  });
});
