/**
 * Concurrent and late commands: a repeated command is one step, a stale form reassigns nothing, an idempotency key
 * stands for one request.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(`apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: checkout}
spec:
  team: checkout
  repeat: 0
  steps:
    - {notify: [{person: ana}], wait: 1h}
    - {notify: [{person: bo}], wait: 1h}
    - {notify: [{person: cleo}], wait: 1h}
`);
}, 90_000);
afterAll(() => stack.end());

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  stack.tocsin.call('POST', `/api/v1/${path}`, body, { headers });

const escalations = async (number: string): Promise<unknown[]> =>
  (await stack.timeline(number)).filter(({ kind }) => kind === 'escalated').map(({ data }) => data['step']);

async function paged(title: string): Promise<string> {
  const { number } = await stack.declare({ title });
  await stack.phones.of('ana').expectsPage(number);
  return number;
}

const PositionedIncident = z.looseObject({ position: z.string() });
const positionOf = async (number: string): Promise<string> =>
  PositionedIncident.parse(await stack.incident(number)).position;

describe('goalert#2775: two escalate in the same moment', () => {
  it('one step further, never two', async () => {
    const number = await paged('Two press escalate');
    const answers = await Promise.all(
      ['ana', 'root', 'cleo', 'ana'].map((person) => post(`incidents/${number}/escalate`, { person })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await escalations(number)).toEqual([2]);
    await stack.phones.of('bo').expectsPage(number);
    // A request with a position means one step further than that position.
    const position = await positionOf(number);
    expect((await post(`incidents/${number}/escalate`, { person: 'root', position })).status).toBe(200);
    expect((await post(`incidents/${number}/escalate`, { person: 'root', position })).json).toMatchObject({
      code: 'moved_on',
    });
    expect(await escalations(number)).toEqual([2, 3]);
  });
});

describe('a form that was open while the incident changed', () => {
  const field = (html: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';

  it('409 for every button of the incident page, with what is true now; bo keeps it', async () => {
    const cookie = await signIn(stack.tocsin, 'ana');
    const page = (
      path: string,
      init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
    ) =>
      fetch(new URL(path, stack.tocsin.url), {
        redirect: 'manual',
        ...init,
        headers: { cookie, origin: new URL(stack.tocsin.url).origin, ...init.headers },
      });
    const number = await paged('A page stays open');
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    const html = await (await page(`/incidents/${number}`)).text();
    const fields = {
      csrf: field(html, 'csrf'),
      position: field(html, 'position'),
    };
    expect(fields.position).not.toBe('');
    await stack.tell(number, 'unacknowledge', { person: 'ana' });
    await stack.tell(number, 'acknowledge', { person: 'bo' });

    const buttons: [string, Record<string, string>][] = [
      ['acknowledge', {}],
      ['unacknowledge', {}],
      ['unacknowledge', { to: 'cleo' }],
      ['escalate', {}],
      ['resolve', {}],
      ['snooze', { for: '1h' }],
    ];
    for (const [button, more] of buttons) {
      const answer = await page(`/incidents/${number}/${button}`, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, idempotencyKey: crypto.randomUUID(), ...more }),
      });
      const text = await answer.text();
      expect([button, answer.status]).toEqual([button, 409]);
      expect(text).toContain(`bo has ${number} now`);
    }
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo' });
  });

  it('409 for the buttons of a link, and bo keeps it', async () => {
    const { number } = await stack.declare({ title: 'A link stays open' });
    const form = await (await stack.phones.of('ana').expectsPage(number)).open();
    await stack.tell(number, 'acknowledge', { person: 'bo' });
    for (const decision of ['acknowledge', 'escalate', 'decline']) {
      const answer = await form.press(decision);
      expect([decision, answer.status]).toEqual([decision, 409]);
    }
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo' });
    expect(await escalations(number)).toEqual([]);
  });
});

describe('a late form of what cannot be taken back', () => {
  const field = (html: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  /** The page as `person` sees it, and its form as it was then. */
  async function opened(person: string, path: string, form: string) {
    const headers = {
      cookie: await signIn(stack.tocsin, person),
      origin: new URL(stack.tocsin.url).origin,
    };
    const html = await (await fetch(new URL(path, stack.tocsin.url), { headers })).text();
    const own = html.slice(html.indexOf(`action="${form}"`));
    const fields = ['csrf', 'idempotencyKey', 'position'].map((name) => [name, field(own, name)]);
    return async (more: Record<string, string>) => {
      const answer = await fetch(new URL(form, stack.tocsin.url), {
        method: 'POST',
        redirect: 'manual',
        headers,
        body: new URLSearchParams({ ...Object.fromEntries(fields), ...more }),
      });
      // The text that a person reads.
      const text = (await answer.text()).replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
      return { status: answer.status, text };
    };
  }

  it('a waiver after the incident was reopened, or the text submitted, closes nothing: 409', async () => {
    const number = await paged('Waived too late');
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await stack.tell(number, 'resolve', { person: 'ana' });
    await stack.untilKind(number, 'postmortem_drafted');
    const path = `/incidents/${number}/postmortem`;
    const waive = await opened('root', path, `${path}/waive`);
    await stack.tell(number, 'reopen', { person: 'bo', reason: 'it is back' });
    const reopened = await waive({ reason: 'nothing to learn' });
    expect([reopened.status, reopened.text]).toEqual([
      409,
      expect.stringContaining(`${number} is triggered; its post-mortem is waived once it is resolved`),
    ]);

    await stack.tell(number, 'resolve', { person: 'ana' });
    const again = await opened('root', path, `${path}/waive`);
    const sections = { rootCauses: 'x', wentWell: 'x', wentBadly: 'x', lessons: 'x' };
    await stack.tocsin.call('PUT', `/api/v1${path}`, { sections, person: 'ana' });
    expect((await stack.tocsin.call('POST', `/api/v1${path}/submit`, { person: 'ana' })).status).toBe(200);
    const submitted = await again({ reason: 'nothing to learn' });
    expect([submitted.status, submitted.text]).toEqual([409, expect.stringContaining('in_review now')]);
    expect((await stack.incident(number)).status).toBe('resolved');
    // A person who looks again may waive.
    const seen = await opened('root', path, `${path}/waive`);
    expect((await seen({ reason: 'nothing to learn' })).status).toBe(303);
    expect((await stack.incident(number)).status).toBe('closed');
  });

  it('two who start the same runbook start it once: the second gets 409 with what is true now', async () => {
    const step = '[{id: look, manual: Look at it}]';
    await stack.apply(
      ...['drain', 'restart'].map(
        (name) =>
          `---\napiVersion: tocsin/v1\nkind: Runbook\nmetadata: {name: ${name}}\nspec: {on: {manual: true}, timeout: 45m, steps: ${step}}\n`,
      ),
    );
    const number = await paged('Two start a runbook');
    const form = `/incidents/${number}/runs`;
    const [ana, bo] = [
      await opened('ana', `/incidents/${number}`, form),
      await opened('bo', `/incidents/${number}`, form),
    ];
    expect((await ana({ runbook: 'drain' })).status).toBe(303);
    // A second press means the same run, and does not count as a late form.
    expect((await ana({ runbook: 'drain' })).status).toBe(303);
    const late = await bo({ runbook: 'drain' });
    expect([late.status, late.text]).toEqual([
      409,
      expect.stringMatching(
        /the runbook drain was started on INC-\d+ by .*ana.*, and is (running|waiting) now/i,
      ),
    ]);
    // Another runbook does not conflict with it.
    expect((await bo({ runbook: 'restart' })).status).toBe(303);
    expect((await stack.runsOf(number)).map(({ runbook }) => runbook).toSorted()).toEqual([
      'drain',
      'restart',
    ]);

    const afterwards = await opened('cleo', `/incidents/${number}`, form);
    await stack.tell(number, 'resolve', { person: 'ana' });
    const over = await afterwards({ runbook: 'restart' });
    expect([over.status, over.text]).toEqual([409, expect.stringContaining(`${number} was resolved by`)]);
  });
});

describe('a used Idempotency-Key', () => {
  it('with another body is refused with 422: not the old incident, nothing new', async () => {
    const headers = { 'idempotency-key': 'declare-1' };
    const body = { title: 'Disk full', service: 'checkout-db', person: 'cleo' };
    const first = await post('incidents', body, headers);
    const again = await post(
      'incidents',
      { person: 'cleo', service: 'checkout-db', title: 'Disk full' },
      headers,
    );
    expect([first.status, again.status]).toEqual([201, 200]);
    for (const other of [
      { ...body, title: 'Something else' },
      { ...body, person: 'bo' },
    ]) {
      const refused = await post('incidents', other, headers);
      expect(refused).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    }
    const { items } = z
      .object({ items: z.array(z.looseObject({ title: z.string() })) })
      .parse((await stack.tocsin.call('GET', '/api/v1/incidents?limit=200')).json);
    expect(items.filter(({ title }) => title === 'Disk full')).toHaveLength(1);
    expect(items.filter(({ title }) => title === 'Something else')).toEqual([]);
  });

  it('is one wish for every command and every text of the post-mortem', async () => {
    const number = await paged('Keys of commands');
    const headers = { 'idempotency-key': 'k-1' };
    const note = (text: string) => post(`incidents/${number}/notes`, { person: 'bo', text }, headers);
    expect([(await note('one')).status, (await note('one')).status, (await note('two')).status]).toEqual([
      200, 200, 422,
    ]);
    // A script may use one key for all its commands on an incident.
    expect((await post(`incidents/${number}/acknowledge`, { person: 'bo' }, headers)).status).toBe(200);
    expect((await stack.kinds(number)).filter((kind) => kind === 'noted')).toHaveLength(1);
    await stack.tell(number, 'resolve', { person: 'bo' });
    await stack.untilKind(number, 'postmortem_drafted');
    const edit = (summary: string) =>
      stack.tocsin.call(
        'PUT',
        `/api/v1/incidents/${number}/postmortem`,
        { person: 'bo', sections: { summary } },
        { headers },
      );
    expect([(await edit('a')).status, (await edit('a')).status, (await edit('b')).status]).toEqual([
      200, 200, 422,
    ]);
  });
});
