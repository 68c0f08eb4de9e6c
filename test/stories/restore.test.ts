/**
 * Stores restored to different times (docs/reliability.md R13), as regression tests of two public accounts.
 * Atlassian 2022-04 restored for two weeks what it had never rehearsed to restore; GitLab 2017-01-31 lost six hours
 * of its database and kept everything around it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTemporal, type RunningTemporal } from '../../embedded/temporal.js';
import { currentState } from '../../workflows/messages.js';
import { setClockAhead } from '../harness/clock.js';
import { copyDatabase } from '../harness/database.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { reconcile } from '../harness/reconcile.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const parts = ['api', 'worker', 'pager'] as const;
/** Waits that are pending while everything is stopped. */
const steps = (wait: string): string =>
  `[{notify: [{person: ana}], wait: ${wait}}, {notify: [{person: bo}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]`;

let folder: string;
let temporal: RunningTemporal;
let stack: TestStack;

const startServer = (port?: number): Promise<RunningTemporal> =>
  startTemporal({ dbFile: join(folder, 'temporal.db'), ...(port === undefined ? {} : { port }) });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-restore-'));
  temporal = await startServer();
  stack = await startTestStack({ temporal: { address: temporal.address, namespace: 'default' } });
  await stack.apply(
    ownService('soon', steps('45s')),
    ownService('later', steps('1h')),
    two.replaceAll('PHONES', stack.phones.receiver.url),
    ownService('of-eve', '[{notify: [{person: eve}], wait: 1h}]'),
  );
}, 120_000);

afterAll(async () => {
  await stack.end();
  await temporal.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Her second contact is due in the time that the record loses. */
const two = `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: eve}
spec:
  displayName: Eve
  email: eve@example.com
  timezone: UTC
  role: responder
  contacts: [{name: hook, channel: webhook, address: "PHONES/eve/hook"}, {name: spare, channel: webhook, address: "PHONES/eve/spare"}]
  rules: {high: [{after: 0s, contact: hook}, {after: 45s, contact: spare}], low: []}
`;

const stopAll = () => Promise.all(parts.map((part) => stack.tocsin.stop(part)));
async function startAll(): Promise<void> {
  await Promise.all(parts.map((part) => stack.tocsin.start(part)));
  await stack.tocsin.ready();
}

/** How far the record's clock is ahead of the real one. */
let aheadMs = 0;
async function goAhead(byMs: number): Promise<void> {
  aheadMs += Math.max(0, byMs);
  await setClockAhead(stack.tocsin.sql, aheadMs);
}
/** While everything is stopped: so much is left until the next step when it starts again. */
const goTo = (nextAt: string | null, leftMs: number): Promise<void> =>
  goAhead(Date.parse(nextAt ?? '') - leftMs - (Date.now() + aheadMs));

const repair = (...args: string[]) => reconcile(stack.tocsin, temporal.address, '--repair', ...args);
/**
 * Runs the command until all of this was found and repaired. Changes younger than the outbox's grace are no drift yet,
 * so it is later for the command.
 */
async function said(option: '--deep' | null, lines: readonly string[]): Promise<void> {
  let all = '';
  await goAhead(20_000);
  await eventually(
    async () => {
      all += (await repair(...(option === null ? [] : [option]))).out;
      return lines.every((line) => all.includes(line)) || Promise.reject(new Error(all));
    },
    { what: 'drift that is mended', timeoutMs: 90_000, everyMs: 1_000 },
  );
}
const workflow = async (id: string) =>
  (await stack.tocsin.histories.client()).workflow.getHandle(`incident/${id}`);
const runs = async (id: string): Promise<boolean> =>
  (await (await workflow(id)).describe()).status.name === 'RUNNING';

/** The workflow runs and has exactly the record's events. */
const inStep = (number: string): Promise<unknown> =>
  eventually(
    async () => {
      const { id, seq, status } = await stack.incident(number);
      expect(await runs(id)).toBe(true);
      expect(await (await workflow(id)).query(currentState)).toMatchObject({ seq, status });
      return true;
    },
    { what: `a workflow of ${number} in step with the record`, timeoutMs: 60_000 },
  );

/** Paged first, so that later changes are known to be on the record. */
async function open(title: string, service: string, person: string): Promise<{ number: string; id: string }> {
  const { number, id } = await stack.declare({ title, service });
  await stack.phones.of(person).expectsPage(number);
  await stack.untilKind(number, 'paged');
  return { number, id };
}

/** Pages by the incident's own id: a restored record gives a number again to the next incident. */
const pagesOf = (person: string, { id }: { id: string }) =>
  stack.phones
    .of(person)
    .received({ type: 'page.requested' })
    .filter(({ body }) => body?.data.incident?.id === id);

/** Escalated, acknowledged, resolved and waived: the workflow goes the whole way and ends. */
async function goesOn({ number, id }: { number: string; id: string }, next: 'bo' | 'cleo'): Promise<void> {
  // By step number: the policy may have reached the previous step at this moment, and the command would then be a
  // repeat.
  await stack.tell(number, 'escalate', { person: 'root', step: next === 'bo' ? 2 : 3 });
  const page = await stack.phones.of(next).expectsPage(number);
  expect(page.body.data).toMatchObject({ possibleDuplicate: false });
  await page.reply('acknowledge');
  await stack.tell(number, 'resolve', { person: next });
  await stack.untilKind(number, 'postmortem_drafted');
  const waiver = { person: 'root', reason: 'A rehearsal.' };
  const waived = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/postmortem/waive`, waiver);
  expect(waived.status).toBe(200);
  await eventually(async () => !(await runs(id)), { what: `the workflow of ${number} to end` });
}

describe('known reports: restore', () => {
  it('GitLab 2017-01-31: the record is put back, and Temporal knows what it has forgotten', async () => {
    const acknowledged = await open('Acknowledged after the copy', 'later', 'ana');
    const escalated = await open('Escalated after the copy', 'soon', 'ana');
    const closed = await open('Closed after the copy', 'later', 'ana');
    const untouched = await open('Nothing happened after the copy', 'later', 'ana');
    const told = await open('Her second contact after the copy', 'of-eve', 'eve');
    const { escalation } = await stack.incident(escalated.number);
    await stopAll();
    const copy = await copyDatabase(stack.tocsin.databaseUrl);
    try {
      await goTo(escalation.nextAt, 6_000);
      await startAll();
      await stack.tell(acknowledged.number, 'acknowledge', { person: 'ana' });
      await stack.tell(closed.number, 'resolve', { person: 'ana' });
      await stack.untilKind(closed.number, 'postmortem_drafted');
      await stack.tocsin.call('POST', `/api/v1/incidents/${closed.number}/postmortem/waive`, {
        person: 'root',
        reason: 'A rehearsal.',
      });
      await eventually(async () => !(await runs(closed.id)), { what: 'the end of a workflow' });
      const unknown = await open('Opened after the copy', 'later', 'ana');
      const lost = await stack.phones.of('bo').expects({ incident: escalated.number, step: 2 }, 90_000);
      const spares = () => pagesOf('eve', told).filter(({ path }) => path === '/eve/spare');
      await eventually(() => spares().length === 1, { what: 'her second contact', timeoutMs: 60_000 });
      expect(lost.body.data).toMatchObject({ possibleDuplicate: false });
      for (const { number } of [acknowledged, escalated]) await inStep(number);
      await stopAll();

      await copy.putBack();
      // The copy has the clock of before; what it forgets came due by this one.
      await goAhead(0);
      const recovered = await reconcile(stack.tocsin, temporal.address, '--restored');
      expect(recovered).toMatchObject({ code: 0, out: expect.stringContaining('may be repeats') });
      await startAll();
      // A page that may have gone out goes out again, marked as a possible repeat, with the same message id.
      const again = await stack.phones.of('bo').expects({ incident: escalated.number, step: 2 });
      expect(again.body.data).toMatchObject({ possibleDuplicate: true });
      expect(again.delivery.id).toBe(lost.delivery.id);
      await eventually(() => spares().length === 2, { what: 'her second contact again' });
      expect(spares().map(({ body }) => body?.data.possibleDuplicate)).toEqual([false, true]);
      expect(new Set(spares().map(({ id }) => id)).size).toBe(1);

      // One workflow has more events than the record, another as many but different ones; one belongs to an incident
      // that does not exist. One has ended; the worker itself may have found that first, so below it is only checked
      // to run.
      await said('--deep', [
        `the workflow of ${acknowledged.number} knows`,
        `the workflow of ${escalated.number} knows`,
        `a workflow runs for incident ${unknown.id}, which is not on the record`,
      ]);
      expect(await stack.incident(acknowledged.number)).toMatchObject({ status: 'triggered' });
      for (const { number } of [acknowledged, escalated, closed, untouched, told]) await inStep(number);
      expect(await runs(unknown.id)).toBe(false);
      expect((await repair('--deep')).out).toBe('in step\n');

      await goesOn(acknowledged, 'bo');
      await goesOn(closed, 'bo');
      await goesOn(untouched, 'bo');
      await goesOn(escalated, 'cleo');
      // Pages known to the restored record as sent were not sent again.
      for (const incident of [acknowledged, closed, untouched, escalated])
        expect(pagesOf('ana', incident)).toHaveLength(1);
    } finally {
      await copy.drop();
    }
  }, 400_000);

  it("Atlassian 2022-04: Temporal's store is lost, and the record alone brings every workflow back", async () => {
    const pending = await open('Its timer is lost', 'soon', 'ana');
    const acknowledged = await open('Acknowledged before', 'later', 'ana');
    await stack.tell(acknowledged.number, 'acknowledge', { person: 'ana' });
    const { escalation } = await stack.incident(pending.number);
    await stopAll();
    await temporal.stop();
    for (const file of ['temporal.db', 'temporal.db-shm', 'temporal.db-wal'])
      rmSync(join(folder, file), { force: true });
    temporal = await startServer(temporal.port);
    await goTo(escalation.nextAt, 12_000);
    await startAll();
    // The other one has a step that is due: its page may start the workflow first, so below it is only checked to run.
    await said(null, [
      `${acknowledged.number} is open and no workflow runs for it → a workflow is started from the record`,
    ]);
    for (const { number } of [pending, acknowledged]) await inStep(number);
    const next = await stack.phones.of('bo').expects({ incident: pending.number, step: 2 }, 90_000);
    expect(next.body.data).toMatchObject({ attempt: 1, possibleDuplicate: false });
    expect(next.delivery.at.getTime() + aheadMs).toBeGreaterThan(Date.parse(escalation.nextAt ?? '') - 1_000);
    const texts = (await stack.timeline(pending.number)).map(({ text }) => text);
    expect(texts.filter((text) => text.includes('break-glass'))).toEqual([]);
    await goesOn(pending, 'cleo');
    expect(pagesOf('ana', pending)).toHaveLength(1);
    await stack.tell(acknowledged.number, 'resolve', { person: 'ana' });
    await stack.untilKind(acknowledged.number, 'postmortem_drafted');
    expect(pagesOf('ana', acknowledged)).toHaveLength(1);
  }, 300_000);
});
