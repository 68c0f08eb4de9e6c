/** Temporal is down: answers count, due pages go out, and nothing is done twice when it comes back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTemporal, type RunningTemporal } from '../../embedded/temporal.js';
import { eventually } from '../harness/eventually.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let folder: string;
let temporal: RunningTemporal;
let stack: TestStack;

const start = (port?: number): Promise<RunningTemporal> =>
  startTemporal({ dbFile: join(folder, 'temporal.db'), ...(port === undefined ? {} : { port }) });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-outage-'));
  temporal = await start();
  stack = await startTestStack({
    temporal: { address: temporal.address, namespace: 'default' },
    env: { TOCSIN_PAGER_LATE: '6s' },
  });
  await stack.apply(`---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: quick}
spec: {team: checkout, repeat: 0, steps: [{notify: [{person: ana}], wait: 2s}, {notify: [{person: bo}], wait: 1h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: quick}
spec: {displayName: Quick, team: checkout, tier: 1, group: {by: none}, policy: quick, plan: default}
`);
}, 90_000);

afterAll(async () => {
  await stack.end();
  await temporal.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Processes that made the attempts on this person's pages. */
const sendersOf = async (number: string, person: string): Promise<string[]> => {
  const rows = await stack.tocsin.sql<{ process: string }>(
    `SELECT h.process FROM delivery_attempt a JOIN delivery d ON d.id = a.delivery_id
       JOIN incident i ON i.id = d.incident_id JOIN heartbeat h ON h.instance = a.sender
      WHERE 'INC-' || i.number = $1 AND d.person = $2`,
    [number, person],
  );
  return rows.map(({ process }) => process);
};

describe('while Temporal is down', () => {
  let before: string;
  let during: string;

  it('an acknowledgement by link is taken, and stops the escalation', async () => {
    before = (await stack.declare({ title: 'Paged before the outage' })).number;
    const page = await stack.phones.of('ana').expectsPage(before);
    await temporal.kill();
    const seen = await page.reply('acknowledge');
    expect(seen).toMatchObject({ status: 200, text: expect.stringContaining('You have it') });
    expect(await stack.incident(before)).toMatchObject({ status: 'acknowledged', commander: 'ana' });
  });

  it('a new alert is taken and pages, and who is next on the escalation path is paged when it is time, from the record', async () => {
    during = (await stack.declare({ title: 'Broken during the outage', service: 'quick' })).number;
    const page = await stack.phones.of('ana').expectsPage(during);
    expect(page.body.data).toMatchObject({ step: 1, cycle: 0, possibleDuplicate: false });
    const next = await stack.phones.of('bo').expects({ incident: during, step: 2 });
    expect(next.body.data).toMatchObject({ attempt: 1, possibleDuplicate: false });
    expect(await sendersOf(during, 'bo')).toEqual(['worker']);
    expect(stack.phones.of('ana').received({ incident: during })).toHaveLength(1);
  }, 60_000);

  it('and without any worker either, the pager alone pages, and is answered', async () => {
    await stack.tocsin.kill('worker');
    const alone = (await stack.declare({ title: 'Only the pager is left' })).number;
    const page = await stack.phones.of('ana').expectsPage(alone);
    expect(await sendersOf(alone, 'ana')).toEqual(['pager']);
    await page.reply('acknowledge');
    expect((await stack.incident(alone)).status).toBe('acknowledged');
    await stack.tocsin.start('worker');
  }, 60_000);

  it('readiness names what is missing', async () => {
    const answer = await eventually(
      async () => {
        const seen = await stack.tocsin.call('GET', '/readyz');
        return seen.status === 503 && seen;
      },
      { timeoutMs: 25_000 },
    );
    expect(answer.json).toMatchObject({ parts: { database: { ok: true }, temporal: { ok: false } } });
  });

  it('and when it is back, everything goes on and nobody is paged twice for the same step', async () => {
    temporal = await start(temporal.port);
    await stack.tocsin.ready();
    await stack.tell(before, 'resolve', { person: 'ana' });
    await stack.untilKind(before, 'postmortem_drafted');
    await stack.tell(during, 'resolve', { person: 'ana' });
    await stack.untilKind(during, 'postmortem_drafted');
    expect(stack.phones.of('ana').received({ type: 'page.requested', incident: during })).toHaveLength(1);
    expect(stack.phones.of('bo').received({ type: 'page.requested', incident: during })).toHaveLength(1);
    expect(stack.phones.of('ana').received({ type: 'page.requested', incident: before })).toHaveLength(1);
    await eventually(async () => {
      const [{ n } = { n: '?' }] = await stack.tocsin.sql<{ n: string }>(
        'SELECT count(*) AS n FROM outbox WHERE delivered_at IS NULL',
      );
      return n === '0';
    });
  }, 60_000);
});
