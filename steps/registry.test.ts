import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { endedBy, kindOf, kindsEndedBy, plansMessages, readStep, STEP_KINDS, stepKinds } from './registry.js';

const folder = new URL('./', import.meta.url);
const has = (kind: string, file: string): boolean => existsSync(new URL(`${kind}/${file}`, folder));

describe('the kinds of steps', () => {
  it.each([
    ['http', 'effect', true, false],
    ['check', 'effect', false, false],
    ['notify', 'effect', true, true],
    ['wait', 'time', false, false],
    ['manual', 'task', false, false],
    ['approve', 'approval', false, false],
    ['switch', 'branch', false, false],
  ] as const)('%s: ended by %s, external %s, plans messages %s', (kind, by, isExternal, messages) => {
    expect(endedBy(kind)).toBe(by);
    expect(stepKinds[kind].isExternal === true).toBe(isExternal);
    expect(plansMessages(kind)).toBe(messages);
  });

  it('are the folders, each with its rules, and with an effect where it acts', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
      one.isDirectory() ? [one.name] : [],
    );
    expect(folders.toSorted()).toEqual(STEP_KINDS.toSorted());
    for (const kind of STEP_KINDS)
      expect([kind, has(kind, 'step.ts'), has(kind, 'run.ts')]).toEqual([
        kind,
        true,
        kindsEndedBy('effect').includes(kind),
      ]);
  });

  it('are known by the one key of a step', () => {
    expect(readStep({ manual: 'look' })).toMatchObject({ kind: 'manual', fields: 'look' });
    expect(kindOf({ wait: '5m' })).toBe('wait');
    expect(() => kindOf({} as never)).toThrow(
      'a step needs one of http, check, notify, wait, manual, approve, switch',
    );
  });

  it('have no rules for a stored name that is none of them', () => {
    expect(endedBy('script')).toBeUndefined();
    expect(endedBy('constructor')).toBeUndefined();
    expect(plansMessages(undefined)).toBe(false);
  });
});
