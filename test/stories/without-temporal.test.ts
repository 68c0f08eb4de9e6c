/**
 * Temporal was never there: alerts are accepted, the pager alone pages, escalates and processes answers; then the
 * workflow takes over.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../embedded/ports.js';
import { startTemporal, type RunningTemporal } from '../../embedded/temporal.js';
import { eventually } from '../harness/eventually.js';
import { keys } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const STEP_WAIT_MS = 2_000;
/** Maximum lateness of the pager: TOCSIN_PAGER_LATE, its tick every 2 s, and a busy machine. */
const LATE_MS = 1_000 + 2_000 + 15_000;

let port: number;
let stack: TestStack;
let temporal: RunningTemporal | null = null;
/** Paged and acknowledged while there was no Temporal; paged and not acknowledged. */
let answered: string;
let waiting: string;

beforeAll(async () => {
  port = await freePort();
  stack = await startTestStack({
    parts: ['api', 'pager'],
    temporal: { address: `127.0.0.1:${port}`, namespace: 'default' },
    env: { TOCSIN_PAGER_LATE: '1s' },
  });
  await stack.apply(`apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: quick}
spec:
  team: checkout
  repeat: 0
  steps:
    - {notify: [{schedule: checkout-primary}], wait: ${STEP_WAIT_MS / 1000}s}
    - {notify: [{person: bo}], wait: ${STEP_WAIT_MS / 1000}s}
    - {notify: [{person: cleo}], wait: 1h}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: quick}
spec: {displayName: Quick, team: checkout, tier: 1, group: {by: none}, policy: quick, plan: default}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: quick}
spec: {format: generic, service: quick, key: c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3}
`);
}, 90_000);

afterAll(async () => {
  await stack.tocsin.stop('worker');
  await stack.end();
  await temporal?.stop();
}, 60_000);

const alert = (title: string, key: string) =>
  stack.tocsin.call('POST', `/in/${key}`, { title, dedupKey: title, severity: 'critical' }, { token: null });
const pagesOf = (person: string, incident: string) =>
  stack.phones.of(person).received({ type: 'page.requested', incident });
const readyz = async () => {
  const { status, json } = await stack.tocsin.call('GET', '/readyz', undefined, { token: null });
  return { status, json };
};

describe('with a pager and no Temporal', () => {
  it('an alert is accepted, and the pager pages and escalates in time, saying what it is', async () => {
    expect((await alert('Nobody conducts', 'c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3')).status).toBe(202);
    ({ number: answered } = await stack.titled('Nobody conducts'));
    await stack.phones.of('ana').expects({ incident: answered, step: 1 });
    const second = await stack.phones.of('bo').expects({ incident: answered, step: 2 });
    expect(second.body.data).toMatchObject({ attempt: 1, possibleDuplicate: false });
    const paged = (await stack.timeline(answered)).filter(({ kind }) => kind === 'paged');
    const [first, next] = paged.map(({ at }) => Date.parse(at));
    const waited = (next ?? Number.NaN) - (first ?? Number.NaN);
    expect(waited).toBeGreaterThanOrEqual(STEP_WAIT_MS);
    expect(waited).toBeLessThan(STEP_WAIT_MS + LATE_MS);
    expect(paged.map(({ text }) => text)).toEqual([
      'Paged Ana (Checkout, step 1), by the break-glass pager',
      'Paged Bo (Checkout, step 2), by the break-glass pager',
    ]);

    expect(await second.reply('acknowledge')).toMatchObject({
      status: 200,
      text: expect.stringContaining('You have it'),
    });
    expect(await stack.incident(answered)).toMatchObject({
      status: 'acknowledged',
      commander: 'bo',
      escalation: { nextAt: null },
    });
  });

  it('/readyz says what is missing, /healthz that this process is well', async () => {
    expect(await readyz()).toMatchObject({
      status: 503,
      json: {
        ready: false,
        parts: {
          database: { ok: true },
          worker: { ok: false },
          temporal: { ok: false },
          pager: { ok: true },
        },
      },
    });
    expect((await stack.tocsin.call('GET', '/healthz', undefined, { token: null })).status).toBe(200);
  });

  it('a worker that finds no Temporal waits for it, and says so', async () => {
    await stack.tocsin.start('worker');
    await eventually(async () => {
      const { status, json } = await readyz();
      expect({ status, json }).toMatchObject({
        status: 503,
        json: { parts: { worker: { ok: true }, temporal: { ok: false } } },
      });
      return true;
    });
    expect((await alert('Still nobody', keys.generic)).status).toBe(202);
    ({ number: waiting } = await stack.titled('Still nobody'));
    await stack.phones.of('ana').expects({ incident: waiting, step: 1 });
  });
});

describe('when Temporal comes', () => {
  it('the workflows take over where the pager stood, and nobody is paged again', async () => {
    temporal = await startTemporal({ dbFile: null, port });
    await stack.tocsin.ready();
    await eventually(async () => {
      const rows = await stack.tocsin.sql('SELECT 1 FROM outbox WHERE delivered_at IS NULL');
      return rows.length === 0;
    });
    const client = await stack.tocsin.histories.client();
    for (const number of [answered, waiting]) {
      const { id } = await stack.incident(number);
      const { status } = await client.workflow.getHandle(`incident/${id}`).describe();
      expect(status.name).toBe('RUNNING');
    }
    await stack.tell(waiting, 'escalate', { person: 'ana' });
    const escalated = await stack.phones.of('bo').expects({ incident: waiting, step: 2 });
    await escalated.reply('acknowledge');
    expect(await stack.incident(waiting)).toMatchObject({ status: 'acknowledged', commander: 'bo' });
  }, 60_000);

  it('both go the rest of the way: resolved, drafted, reviewed, closed', async () => {
    for (const number of [answered, waiting]) {
      await stack.tell(number, 'resolve', { person: 'bo' });
      await stack.untilKind(number, 'postmortem_drafted');
      const { id } = await stack.incident(number);
      const path = `/api/v1/incidents/${number}/postmortem`;
      const sections = Object.fromEntries(
        (await stack.postmortem(number)).missing.map((name) => [name, 'Temporal was away.']),
      );
      expect((await stack.tocsin.call('PUT', path, { sections, person: 'bo' })).status).toBe(200);
      expect((await stack.tocsin.call('POST', `${path}/submit`, { person: 'bo' })).status).toBe(200);
      for (const reviewer of ['ana', 'dana']) {
        const asked = await stack.phones.of(reviewer).expects({ type: 'review.requested', incident: number });
        await asked.reply('approve');
      }
      await stack.until(number, ({ status }) => status === 'closed');
      const handle = (await stack.tocsin.histories.client()).workflow.getHandle(`incident/${id}`);
      await eventually(async () => (await handle.describe()).status.name === 'COMPLETED');
    }
  }, 60_000);

  it('a worker that is told to stop while it starts ends by itself', async () => {
    const ends = () => stack.tocsin.logs('worker').match(/worker has stopped/g)?.length ?? 0;
    await stack.tocsin.stop('worker');
    const before = ends();
    // Resolves when its health is served: its Temporal workers do not run yet.
    await stack.tocsin.start('worker');
    await stack.tocsin.stop('worker');
    expect([before, ends()]).toEqual([1, 2]);
  }, 60_000);

  it('in all this nobody was paged twice for a step, nor after somebody had answered', () => {
    for (const [person, incident, pages] of [
      ['ana', answered, 1],
      ['bo', answered, 1],
      ['cleo', answered, 0],
      ['ana', waiting, 1],
      ['bo', waiting, 1],
      ['cleo', waiting, 0],
    ] as const) {
      expect([person, incident, pagesOf(person, incident).length]).toEqual([person, incident, pages]);
    }
  });
});
