/** A digest on the real engine: 25 small incidents, mailed to one reviewer, by the form of the link and by HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DigestReply, ReviewsReply } from '../../contracts/api/digest.js';
import { eventually } from '../harness/eventually.js';
import type { Received } from '../harness/people.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
const numbers: string[] = [];
let digest: string;
let request: Received;

const reviews = (query = '', as?: string): Promise<ReviewsReply> =>
  stack.tocsin.ask(ReviewsReply, 'GET', `/api/v1/reviews${query}`, undefined, as === undefined ? {} : { as });
const read = (): Promise<DigestReply> => stack.tocsin.ask(DigestReply, 'GET', `/api/v1/digests/${digest}`);
const decide = (as: string, body: object) =>
  stack.tocsin.call('POST', `/api/v1/digests/${digest}/decisions`, body, { as });
const at = (index: number): string => numbers[index] ?? '';

beforeAll(async () => {
  stack = await startTestStack();
  for (let index = 0; index < 25; index += 1) {
    const { number, priority } = await stack.declare({ title: `Blip ${index}`, severity: 'info' });
    expect(priority).toBe('P5');
    numbers.push(number);
    await stack.tell(number, 'resolve', { person: 'ana' });
  }
  const found = await eventually(
    async () =>
      (await reviews()).items.find(({ kind, title }) => kind === 'digest' && title === '25 incidents'),
    { what: 'a digest of 25 incidents' },
  );
  digest = found.id;
  request = await stack.phones.of('bo').expects({ type: 'review.requested', incident: digest });
}, 120_000);
afterAll(() => stack.end());

describe('a digest of 25 incidents', () => {
  it('is one message to one person who worked none of them, and no post-mortem of its own is drafted', async () => {
    expect(request.body.data).toMatchObject({
      incident: { title: expect.stringMatching(/^Digest of \d+ incidents of Checkout$/) },
    });
    expect(stack.phones.of('cleo').received({ type: 'review.requested' })).toEqual([]);
    expect(await read()).toMatchObject({ reviewer: 'bo', isEscalated: false, status: 'open' });
    expect(await stack.kinds(at(0))).not.toContain('postmortem_drafted');
    expect((await reviews('?mine', 'bo')).items.map(({ id }) => id)).toEqual([digest]);
    expect((await reviews('?mine', 'ana')).items).toEqual([]);
    const open = await stack.tocsin.sql(`SELECT team FROM digest WHERE status = 'open'`);
    expect(open).toHaveLength(1);
  });

  it('is refused to who worked them all, to a key, and to a stranger; reading its link changes nothing', async () => {
    const approval = { decision: 'approve', sentence: 'all mine', upTo: 25 };
    expect(await decide('ana', approval)).toMatchObject({ status: 409, json: { code: 'worked_all' } });
    expect(await decide('dana', approval)).toMatchObject({ status: 409, json: { code: 'not_a_reviewer' } });
    const byKey = await stack.tocsin.call('POST', `/api/v1/digests/${digest}/decisions`, approval);
    expect(byKey.status).toBe(403);
    expect(await decide('bo', { ...approval, sentence: '' })).toMatchObject({ status: 400 });
    const url = request.body.data.links.respond;
    await fetch(url, { method: 'HEAD' });
    const form = await request.open();
    expect(form.text).toContain('Blip 24');
    expect(form.decisions).toEqual(['approve', 'pull_out']);
    expect((await form.press('approve')).text).toContain('Say in one sentence what you found');
    expect((await read()).status).toBe('open');
  });

  it('loses who is pulled out, and shows the reason', async () => {
    const form = await request.open();
    const refused = await form.press('approve', { pull: at(0), comment: 'noise' });
    expect(refused.text).toContain('chosen for pulling out');
    const after = await (
      await request.open()
    ).press('pull_out', { pull: at(0), reason: 'the third this week', kind: 'light' });
    expect(after.text).toContain('pulled out: the third this week');
    await stack.untilKind(at(0), 'postmortem_drafted');
    expect(await stack.postmortem(at(0))).toMatchObject({ kind: 'light', status: 'draft' });
  });

  it('approved twice at once is approved once; who reopened meanwhile, or was raised, is left out and named', async () => {
    const form = await request.open();
    await stack.tell(at(1), 'reopen', { person: 'ana', reason: 'it is back' });
    await stack.tell(at(2), 'priority', { person: 'ana', priority: 'P2', reason: 'it was the shop' });
    const { upTo } = await read();
    const [byLink, byApi] = await Promise.all([
      form.press('approve', { comment: 'A flaky probe; its threshold is raised.' }),
      decide('cleo', { decision: 'approve', sentence: 'Nothing new.', upTo }),
    ]);
    expect([byLink.status, byApi.status].filter((status) => status === 409)).toHaveLength(1);
    const over = await eventually(
      async () => {
        const now = await read();
        return now.status === 'approved' ? now : undefined;
      },
      { what: 'the end of the digest' },
    );
    const stateOf = (number: string) => over.items.find((item) => item.number === number);
    expect(over.items.filter(({ state }) => state === 'approved')).toHaveLength(22);
    expect(stateOf(at(0))).toMatchObject({ state: 'pulled_out' });
    expect(stateOf(at(1))).toMatchObject({ state: 'left_out', reason: expect.stringContaining('reopened') });
    expect(stateOf(at(2))).toMatchObject({
      state: 'left_out',
      reason: expect.stringContaining('of its own'),
    });
    expect(await stack.incident(at(1))).toMatchObject({ status: 'triggered' });
    expect(await stack.postmortem(at(2))).toMatchObject({ kind: 'full' });
    expect(await stack.incident(at(3))).toMatchObject({ status: 'closed', postmortemStatus: 'approved' });
    expect((await stack.timeline(at(3))).map(({ text }) => text).join('\n')).toContain(
      `approved it in the digest ${digest}`,
    );
    const closed = await stack.tocsin.sql<{ n: string }>(
      `SELECT count(*) AS n FROM incident_event WHERE kind = 'postmortem_approved' AND data->>'digest' = $1`,
      [digest],
    );
    expect(Number(closed[0]?.n)).toBe(22);
    expect(await decide('bo', { decision: 'approve', sentence: 'again', upTo })).toMatchObject({
      status: 409,
      json: { code: 'already_approved' },
    });
    expect((await request.open()).decisions).toEqual([]);
  });

  it('leaves an incident of a digest with no other way out: the gate holds for SQL and REST', async () => {
    const { number, id } = await stack.declare({ title: 'Waits for a digest', severity: 'info' });
    await stack.tell(number, 'resolve', { person: 'ana' });
    for (const assignments of [
      `status = 'closed'`,
      `status = 'closed', postmortem_status = 'approved'`,
      `status = 'closed', review_kind = 'none'`,
    ])
      await expect(
        stack.tocsin.sql(`UPDATE incident SET ${assignments} WHERE id = $1`, [id]),
      ).rejects.toMatchObject({ code: '23514' });
    const submit = await stack.tocsin.call(
      'POST',
      `/api/v1/incidents/${number}/postmortem/submit`,
      {},
      { as: 'bo' },
    );
    expect(submit).toMatchObject({ status: 409, json: { code: 'in_digest' } });
    const approve = { decision: 'approve' };
    const review = await stack.tocsin.call(
      'POST',
      `/api/v1/incidents/${number}/postmortem/reviews`,
      approve,
      { as: 'bo' },
    );
    expect(review.status).toBe(409);
    expect((await stack.incident(number)).status).toBe('resolved');
    expect((await reviews()).waiting).toMatchObject([
      { team: 'checkout', incidents: 1, opensAt: expect.any(String) },
    ]);
    const pulled = await stack.tocsin.call(
      'POST',
      `/api/v1/incidents/${number}/postmortem/pull-out`,
      { reason: 'worth a text' },
      { as: 'ana' },
    );
    expect(pulled).toMatchObject({ status: 200, json: { kind: 'light' } });
  });

  it('is opened before it is due when somebody asks for it', async () => {
    const ask = (as: string, team: string) => stack.tocsin.call('POST', '/api/v1/digests', { team }, { as });
    expect(await ask('ana', 'checkout')).toMatchObject({ status: 409, json: { code: 'nothing_waits' } });
    expect(await ask('ana', 'nobody')).toMatchObject({ status: 400 });
    expect(await ask('dana', 'checkout')).toMatchObject({ status: 403 });
    const { number } = await stack.declare({ title: 'Before the holidays', severity: 'info' });
    await stack.tell(number, 'resolve', { person: 'ana' });
    const both = await Promise.all([ask('ana', 'checkout'), ask('cleo', 'checkout')]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    const [first, second] = both.map(({ json }) => DigestReply.parse(json));
    expect(first).toMatchObject({ status: 'open', items: [{ number }] });
    expect(second?.id).toBe(first?.id);
    await stack.phones
      .of(first?.reviewer ?? 'nobody')
      .expects({ type: 'review.requested', incident: first?.id ?? '' });
  });
});
