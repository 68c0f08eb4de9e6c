/** Messages of a known source that identify no condition: refused, and the owner of the source is notified on their channels. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keys } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const bareKey = 'f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4';
let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ parts: ['api', 'worker'] });
  await stack.apply(`apiVersion: tocsin/v1
kind: Source
metadata: {name: bare}
spec: {format: generic, key: ${bareKey}}
`);
}, 90_000);
afterAll(() => stack.end());

const refuse = async (key: string): Promise<void> => {
  const answer = await stack.tocsin.call('POST', `/in/${key}`, { severity: 'critical' }, { token: null });
  expect(answer.status).toBe(400);
};
/** The worker looks for refused messages at its start, and then twice a minute. */
const lookNow = async (): Promise<void> => {
  await stack.tocsin.stop('worker');
  await stack.tocsin.start('worker');
};
const notice = async (person: string) => {
  const { body, signature } = await stack.phones.receiver.nextDelivery(
    (one) =>
      one.path.startsWith(`/${person}/`) && (one.body as { type?: string } | null)?.type === 'contact.notice',
    60_000,
  );
  return { signature, data: (body as unknown as { data: object }).data };
};

describe('alertmanager#1890: a body that names no condition', () => {
  it('is told to the managers of the team that owns the source, and to the admins when nobody does', async () => {
    await refuse(keys.generic);
    await refuse(bareKey);
    await lookNow();
    expect(await notice('cleo')).toMatchObject({
      signature: 'valid',
      data: {
        person: 'cleo',
        title: expect.stringMatching(/^What the source \S+ sends is refused$/),
        text: expect.stringMatching(
          /\(team checkout\) had 1 message refused in the last 24 h, which page nobody; the newest: is missing or blank/,
        ),
        links: { respond: `${stack.tocsin.url}/system` },
      },
    });
    expect(await notice('root')).toMatchObject({
      data: { text: expect.stringMatching(/^bare had 1 message refused/) },
    });
    // A second refusal on the same day is counted, and causes no notice.
    await refuse(keys.generic);
    const rows = await stack.tocsin.sql<{ n: string }>(
      `SELECT count(*)::int AS n FROM contact_message WHERE kind = 'notice'`,
    );
    expect(rows).toEqual([{ n: 2 }]);
  });
});

describe('a key whose source was deleted or got another', () => {
  const key = 'a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5';
  const other = 'b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6';
  const tmp = (sent: string) =>
    `apiVersion: tocsin/v1\nkind: Source\nmetadata: {name: tmp}\nspec: {format: generic, service: checkout-db, key: ${sent}}\n`;
  const send = (sent: string, body: object) =>
    stack.tocsin.call(
      'POST',
      `/in/${sent}`,
      { title: 'Left behind', dedupKey: 'left', ...body },
      { token: null },
    );
  const kept = () =>
    stack.tocsin.sql(`SELECT source, reason FROM rejection WHERE source = 'tmp' ORDER BY at DESC LIMIT 1`);

  it('is known: the delete names what is open, and who still sends is named in red', async () => {
    await stack.apply(tmp(other));
    await stack.apply(tmp(key));
    expect((await send(other, {})).status).toBe(404);
    expect(await kept()).toEqual([{ source: 'tmp', reason: 'former key' }]);
    expect((await send(key, {})).status).toBe(202);
    const { number } = await stack.titled('Left behind');
    const refused = await stack.tocsin.call('DELETE', '/api/v1/config/Source/tmp');
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining(`${number} has 1 open alert of this source`),
    ]);
    expect((await stack.tocsin.call('DELETE', '/api/v1/config/Source/tmp?force=true')).status).toBe(204);
    expect((await send(key, { action: 'resolve' })).status).toBe(404);
    await lookNow();
    expect(await notice('root')).toMatchObject({
      data: { text: expect.stringMatching(/^tmp had 2 messages refused/) },
    });
    // A key in force again is no former key.
    await stack.apply(tmp(key));
    expect((await send(key, { action: 'resolve' })).status).toBe(202);
    expect((await stack.incident(number)).status).toBe('resolved');
  });
});
