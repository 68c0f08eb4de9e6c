import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runbookVariables } from '../rules/variables.js';
import { resolveSecrets, secretsIn, shownSecrets } from './secret-marker.js';
import { compileTemplate, compileTemplateCondition, renderCondition, renderTemplate } from './template.js';

const data = {
  inputs: { host: 'db-1', count: 3, dry_run: false },
  alert: { title: 'Lag', labels: { instance: 'db-1' } },
  incident: { priority: 'P1' },
  steps: { lag: { state: 'succeeded', outputs: { seconds: 12.5 } } },
};
const variables = runbookVariables(
  { host: { type: 'string' }, count: { type: 'number' }, dry_run: { type: 'boolean' } },
  [{ id: 'lag', outputs: { seconds: '' } }, { id: 'check-all' }],
);

const render = (value: unknown, given: Record<string, unknown> = data): unknown => {
  const outcome = renderTemplate(value, given);
  if (outcome.kind === 'failed')
    throw new Error(outcome.errors.map((error) => `${error.path}: ${error.message}`).join('\n'));
  return outcome.value;
};

describe('a template', () => {
  it('keeps the type of a text that is one expression, and writes others into the text', () => {
    expect(render('${{ inputs.count + 1 }}')).toBe(4);
    expect(render('${{ !inputs.dry_run }}')).toBe(true);
    expect(render('host ${{ inputs.host }} x${{ inputs.count }}')).toBe('host db-1 x3');
    expect(render('no expression, not even ${HOST} or {{ x }}')).toBe(
      'no expression, not even ${HOST} or {{ x }}',
    );
    expect(render("${{ {'a': {'b': 1}} }}")).toEqual({ a: { b: 1 } });
    expect(render("${{ '}}' }}!")).toBe('}}!');
  });

  it('is rendered everywhere in an object and leaves other values alone', () => {
    expect(
      render({
        url: 'https://x/${{ inputs.host }}',
        expect: [200],
        body: { n: '${{ steps.lag.outputs.seconds }}', on: null },
      }),
    ).toEqual({
      url: 'https://x/db-1',
      expect: [200],
      body: { n: 12.5, on: null },
    });
  });

  it('says where it fails: the path in the object and the column in the text', () => {
    expect(renderTemplate({ headers: [{ a: 'x ${{ inputs.nope }}' }] }, data)).toMatchObject({
      kind: 'failed',
      errors: [{ path: 'headers[0].a', message: 'No such key: nope', column: 14 }],
    });
  });

  it.each([
    ['${{ inputs.hots }}', 'No such key: hots', 12],
    ['ab\n  ${{ steps.nope.outputs.x }}', 'No such key: nope', 13],
    ['${{ steps.lag.outputs.second }}', 'No such key: second', 23],
    ['${{ inputs.host', 'not closed', 1],
    ['${{ }}', 'empty', 4],
    ['${{ result.body }}', 'Unknown variable: result', 5],
    ['${{ secrets }}', 'name one secret', 5],
    ["${{ secrets['db'] }}", 'name one secret', 5],
  ])('is refused when the runbook is applied: %j', (text, message, column) => {
    expect(compileTemplate(text, variables)).toMatchObject({
      kind: 'refused',
      errors: [{ message: expect.stringContaining(message), column }],
    });
  });

  it('decides a condition written with or without ${{ }}', () => {
    expect(renderCondition('${{ steps.lag.outputs.seconds < 30 }}', data)).toEqual({
      kind: 'decided',
      value: true,
    });
    expect(renderCondition('steps.lag.outputs.seconds > 30', data)).toEqual({
      kind: 'decided',
      value: false,
    });
    expect(renderCondition('inputs.host', data)).toMatchObject({ kind: 'failed' });
    expect(compileTemplateCondition('${{ inputs.host }}', variables)).toMatchObject({ kind: 'refused' });
    expect(compileTemplateCondition("steps['check-all'].state == 'failed'", variables)).toMatchObject({
      kind: 'compiled',
    });
  });

  it('never throws, whatever the text', () => {
    const text = fc
      .array(fc.constantFrom('${{', '}}', ' ', "'", '{', '}', 'inputs.host', '\\', 'secrets.a', '1 + '))
      .map((parts) => parts.join(''));
    fc.assert(fc.property(text, (value) => void renderTemplate([value, value], data)));
  });
});

describe('a secret', () => {
  it('is a marker until an activity looks it up', () => {
    const rendered = render({ auth: 'Bearer ${{ secrets.db }}' });
    expect(shownSecrets(rendered)).toEqual({ auth: 'Bearer {{secret:db}}' });
    expect(secretsIn(rendered)).toEqual(['db']);
    expect(resolveSecrets(rendered, (name) => `<${name}>`)).toEqual({ auth: 'Bearer <db>' });
  });

  it('cannot be named by data, in one piece or in two', () => {
    const sign = '\uFDD0';
    const hostile = {
      inputs: { a: `${sign}{{secret:db}}`, b: '{{secret:db}}', c: `${sign}{{sec`, d: 'ret:db}}' },
    };
    const rendered = render(
      [
        '${{ inputs.a }}',
        '${{ inputs.b }}',
        '${{ inputs.c }}${{ inputs.d }}',
        '${{ inputs.c + inputs.d }}',
        '${{ inputs }}',
      ],
      hostile,
    );
    expect(secretsIn(rendered)).toEqual([]);
    expect(resolveSecrets(rendered, () => 'LEAKED')).toEqual(rendered);
  });
});
