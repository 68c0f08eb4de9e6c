import { describe, expect, it } from '@jest/globals';
import type { RunbookInput } from './definition.js';
import { resolveInputs } from './inputs.js';

const facts = { incident: { number: 'INC-1' }, alert: { labels: { instance: 'db-1' } } };
const one = (input: RunbookInput, value?: unknown) =>
  resolveInputs({ it: input }, value === undefined ? {} : { it: value }, facts);
const text = { type: 'string' } as const;

describe('the inputs of a run', () => {
  it.each<[RunbookInput, unknown, unknown]>([
    [text, 'x', 'x'],
    [text, 5, '5'],
    [{ type: 'number' }, '5.5', 5.5],
    [{ type: 'number', default: 3 }, undefined, 3],
    [{ type: 'boolean' }, 'false', false],
    [{ type: 'boolean', default: true }, undefined, true],
    [{ type: 'choice', options: ['a', 'b'] }, 'b', 'b'],
    [{ type: 'string', required: true, default: '${{ alert.labels.instance }}' }, undefined, 'db-1'],
    [{ type: 'string', default: '${{ alert.labels.instance }}' }, 'db-2', 'db-2'],
    [text, undefined, undefined],
    [text, '', undefined],
  ])('%j with %j is %j', (input, given, expected) => {
    expect(one(input, given)).toEqual({
      kind: 'resolved',
      inputs: expected === undefined ? {} : { it: expected },
    });
  });

  it.each<[RunbookInput, unknown, RegExp]>([
    [{ type: 'string', required: true }, undefined, /required; give a string/],
    [text, ['x'], /must be a text, not a list/],
    [text, 'x'.repeat(2001), /2001 characters; at most 2000/],
    [{ type: 'number' }, 'many', /must be a number, not "many"/],
    [{ type: 'boolean' }, 'yes', /must be true or false, not "yes"/],
    [{ type: 'choice', options: ['a', 'b'] }, 'c', /must be one of a, b, not "c"/],
    [
      { type: 'string', default: '${{ alert.labels.nope }}' },
      undefined,
      /give a value: the default .* cannot be made/,
    ],
  ])('%j refuses a wrong value (%#)', (input, given, problem) => {
    expect(one(input, given)).toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'it', problem: expect.stringMatching(problem) }],
    });
  });

  it('are all checked before anybody is told', () => {
    const outcome = resolveInputs(
      { a: { type: 'number' }, b: { type: 'string', required: true } },
      { a: 'x', c: 1 },
      facts,
    );
    expect(outcome).toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'c' }, { field: 'a' }, { field: 'b' }],
    });
  });
});
