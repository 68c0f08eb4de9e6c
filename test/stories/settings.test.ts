/** Netflix/dispatch#412, over HTTP: every setting of a document has an effect, or is refused with a sentence. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keys } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'] });
}, 90_000);
afterAll(() => stack.end());

const runbook = (name: string, manual: boolean) =>
  `apiVersion: tocsin/v1\nkind: Runbook\nmetadata: {name: ${name}}\nspec: {on: {service: [checkout-db], manual: ${manual}}, inputs: {host: {type: string, required: true, description: which replica}}, steps: [{wait: 1h}]}\n`;

describe('what a document says', () => {
  it('on.manual: false keeps people from starting a runbook; a missing input is asked for in its own words', async () => {
    await stack.apply(`${runbook('by-people', true)}---\n${runbook('by-incidents', false)}`);
    const { number } = await stack.declare({ title: 'A replica lags' });
    const start = (name: string) =>
      stack.tocsin.call('POST', `/api/v1/runbooks/${name}/runs`, { incident: number, inputs: {} });
    const refused = await start('by-incidents');
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ code: 'not_started_by_people' });
    const asked = await start('by-people');
    expect(asked.status).toBe(400);
    expect(asked.text).toContain('required; give a string (which replica)');
  });

  it('a priority rule decides, and its reason is on the incident; a wrong one is refused with the place', async () => {
    const document = (rule: string) =>
      `apiVersion: tocsin/v1\nkind: PriorityRules\nmetadata: {name: default}\nspec: {rules: [${rule}]}\n`;
    await stack.apply(document(`{if: "alert.labels.env == 'staging'", set: P5, because: not production}`));
    const send = (title: string, labels: object) =>
      stack.tocsin.call(
        'POST',
        `/in/${keys.generic}`,
        { title, severity: 'critical', labels },
        { token: null },
      );
    await send('Disk full on staging', { env: 'staging' });
    await send('Disk full', {});
    expect(await stack.titled('Disk full on staging')).toMatchObject({
      priority: 'P5',
      priorityReasons: expect.arrayContaining(['set to P5: not production']),
    });
    expect((await stack.titled('Disk full')).priority).not.toBe('P5');
    const { status, text } = await stack.tocsin.call(
      'POST',
      '/api/v1/config/apply',
      document('{if: "service.tier", set: P5, because: x}'),
    );
    expect([status, text]).toEqual([422, expect.stringContaining('must be true or false')]);
  });

  it.each([
    [
      'Drill',
      '{service: checkout-db, surprise: false, inject: [{alert: {title: x}}]}',
      'drills cannot be announced',
    ],
  ])('a %s with %s is refused, and why', async (kind, spec, why) => {
    const text = `apiVersion: tocsin/v1\nkind: ${kind}\nmetadata: {name: later}\nspec: ${spec}\n`;
    const { status, text: answer } = await stack.tocsin.call('POST', '/api/v1/config/apply', text);
    expect(status).toBe(422);
    expect(answer).toContain('not supported yet');
    expect(answer).toContain(why);
  });
});
