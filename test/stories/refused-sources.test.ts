/** What a known source sends and names no condition is refused, and whoever owns the source is told through their channels. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keys } from '../harness/fixtures.js';
import { startStory, type Story } from '../harness/story.js';

const bareKey = 'f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4';
let story: Story;
beforeAll(async () => {
  story = await startStory({ parts: ['api', 'worker'] });
  await story.apply(`apiVersion: tocsin/v1
kind: Source
metadata: {name: bare}
spec: {format: generic, key: ${bareKey}}
`);
}, 90_000);
afterAll(() => story.end());

const refuse = async (key: string): Promise<void> => {
  const answer = await story.tocsin.call('POST', `/in/${key}`, { severity: 'critical' }, { token: null });
  expect(answer.status).toBe(400);
};
const notice = async (person: string) => {
  const { body, signature } = await story.phones.receiver.nextDelivery(
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
    expect(await notice('cleo')).toMatchObject({
      signature: 'valid',
      data: {
        person: 'cleo',
        title: expect.stringMatching(/^What the source \S+ sends is refused$/),
        text: expect.stringMatching(
          /\(team checkout\) had 1 message refused in the last 24 h, which page nobody; the newest: is missing or blank/,
        ),
        links: { respond: `${story.tocsin.url}/system` },
      },
    });
    expect(await notice('root')).toMatchObject({
      data: { text: expect.stringMatching(/^bare had 1 message refused/) },
    });
    // A second one on the same day is counted, and told to nobody.
    await refuse(keys.generic);
    const rows = await story.tocsin.sql<{ n: string }>(
      `SELECT count(*)::int AS n FROM contact_message WHERE kind = 'notice'`,
    );
    expect(rows).toEqual([{ n: 2 }]);
  });
});
