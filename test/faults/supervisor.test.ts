/**
 * Kills and stops the supervisor with an incident's timer pending (F8) and another incident being resolved (F13). The
 * next start ends the processes left behind, and no page is lost.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../embedded/ports.js';
import { isRunning, type ProcessIdentity } from '../../embedded/process-identity.js';
import { readState } from '../../embedded/state-file.js';
import { IncidentReply, TimelineReply } from '../../contracts/api/incident.js';
import { type Api, createApi } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { apply, organisation } from '../harness/fixtures.js';
import { openHistories } from '../harness/histories.js';
import { ownService } from '../harness/own-service.js';
import { startPhones, type Phones } from '../harness/people.js';
import { dist, secretKey } from '../harness/tocsin.js';

const adminToken = 'admin-token-for-a-supervisor-as-long-as-it-has-to-be';
const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-supervised-'));
let url: string;
let phones: Phones;
let api: Api;
let supervisor: ChildProcess;

/** Like `npm start -- --empty`, in a separate process. */
function start(): void {
  const main = JSON.stringify(join(dist, 'embedded', 'main.js'));
  const program = `import(${main}).then(({ main }) => main(process.argv.slice(1), process.env)).then(process.exit)`;
  supervisor = spawn(process.execPath, ['-e', program, '--', '--empty', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: new URL(url).port,
      TOCSIN_SECRET_KEY: secretKey,
      TOCSIN_ADMIN_TOKEN: adminToken,
      TOCSIN_EGRESS_ALLOW: '127.0.0.0/8,::1/128',
      TOCSIN_EGRESS_ALLOW_CONTACTS: '127.0.0.0/8,::1/128',
      TOCSIN_CANARY: 'off',
    },
  });
  // As if its terminal were gone: nothing that it prints from now on can be written.
  supervisor.stdout?.destroy();
  supervisor.stderr?.destroy();
}

const children = (): ProcessIdentity[] => Object.values(readState(dataDir)?.processes ?? {});
const ready = () =>
  eventually(async () => (await fetch(`${url}/readyz`)).ok, { what: 'readiness', timeoutMs: 90_000 });
/**
 * Repeats until it is answered, as people do; a command accepted before its response was lost gets the same answer.
 */
const retryUntilAccepted = (number: string, command: string, body: object) =>
  eventually(
    async () => {
      const headers = { 'idempotency-key': `${number}-${command}` };
      const path = `/api/v1/incidents/${number}/${command}`;
      return (await api.call('POST', path, body, { headers })).status === 200;
    },
    {
      what: `${command} of ${number} to be heard`,
      timeoutMs: 90_000,
    },
  );

beforeAll(async () => {
  url = `http://127.0.0.1:${await freePort()}`;
  phones = await startPhones();
  api = createApi(url, adminToken);
  start();
  await ready();
  await apply(
    api,
    organisation(phones),
    ownService('steps', '[{notify: [{person: ana}], wait: 8s}, {notify: [{person: bo}], wait: 1h}]'),
  );
}, 180_000);

afterAll(async () => {
  supervisor.kill('SIGCONT');
  supervisor.kill('SIGTERM');
  if (supervisor.exitCode === null && supervisor.signalCode === null) await once(supervisor, 'exit');
  // A failed test may have left some behind.
  for (const { pid } of children().filter(isRunning)) process.kill(pid, 'SIGKILL');
  await phones.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Declares an incident and waits for the page of its first step. */
async function paged(title: string): Promise<string> {
  const declared = { title, service: 'steps', severity: 'critical', person: 'cleo' };
  const { number } = await api.ask(IncidentReply, 'POST', '/api/v1/incidents', declared);
  await phones.of('ana').expectsPage(number);
  return number;
}

const until = (number: string, holds: (incident: IncidentReply) => boolean) =>
  eventually(
    async () => {
      const incident = await api.ask(IncidentReply, 'GET', `/api/v1/incidents/${number}`);
      return holds(incident) ? incident : Promise.reject(new Error(JSON.stringify(incident)));
    },
    { what: `what is wanted of ${number}` },
  );

/** Paged at its first step, with the timer of the second one running. */
async function waiting(title: string): Promise<{ number: string; dueAtMs: number }> {
  const number = await paged(title);
  const { escalation } = await until(number, (incident) => incident.escalation.nextAt !== null);
  return { number, dueAtMs: Date.parse(escalation.nextAt ?? '') };
}

/** The second step was paged, not before its time, and every repeat was marked. */
async function expectSecondStep({ number, dueAtMs }: { number: string; dueAtMs: number }): Promise<void> {
  const { delivery } = await phones.of('bo').expects({ incident: number, step: 2 }, 90_000);
  expect(delivery.at.getTime()).toBeGreaterThan(dueAtMs - 1_000);
  const { items } = await api.ask(TimelineReply, 'GET', `/api/v1/incidents/${number}/timeline`);
  expect(items.filter(({ kind }) => kind === 'paged')).toHaveLength(2);
  for (const person of ['ana', 'bo']) {
    const rang = phones.of(person).received({ incident: number });
    expect(rang.filter(({ body }) => body?.data.possibleDuplicate === false).length).toBeLessThanOrEqual(1);
  }
}

describe('the supervisor', () => {
  it('killed with a timer pending and a resolution on its way: the next start ends what is left, and all goes on', async () => {
    const resolved = await paged('Resolved while it dies');
    await retryUntilAccepted(resolved, 'acknowledge', { person: 'ana' });
    const pending = await waiting('Waits while it dies');
    const left = children();
    expect(left).toHaveLength(5);
    const resolving = retryUntilAccepted(resolved, 'resolve', { person: 'ana' });
    const died = once(supervisor, 'exit');
    supervisor.kill('SIGKILL');
    await died;
    expect(Date.now()).toBeLessThan(pending.dueAtMs);
    start();
    await eventually(() => !left.some(isRunning), { what: 'an end of what was left', timeoutMs: 60_000 });
    await ready();
    expect(children().filter(isRunning)).toHaveLength(5);
    await expectSecondStep(pending);

    await resolving;
    await retryUntilAccepted(resolved, 'postmortem/waive', {
      person: 'root',
      reason: 'A rehearsal.',
    });
    const { id } = await until(resolved, ({ status }) => status === 'closed');
    const { temporalAddress = '' } = readState(dataDir) ?? {};
    const histories = openHistories({ address: temporalAddress, namespace: 'default' }, secretKey);
    try {
      const { workflow } = await histories.client();
      await eventually(
        async () => (await workflow.getHandle(`incident/${id}`).describe()).status.name === 'COMPLETED',
        { what: 'its workflow to end', timeoutMs: 60_000 },
      );
    } finally {
      await histories.close();
    }
  }, 300_000);

  it('stopped with a timer pending: the page goes out without it, and it looks after its children when it goes on', async () => {
    const pending = await waiting('Waits while it stands still');
    supervisor.kill('SIGSTOP');
    await expectSecondStep(pending);
    const { worker } = readState(dataDir)?.processes ?? {};
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    supervisor.kill('SIGCONT');
    await eventually(() => readState(dataDir)?.processes?.['worker']?.pid !== worker?.pid, {
      what: 'another worker',
    });
    await ready();
    await retryUntilAccepted(pending.number, 'acknowledge', { person: 'bo' });
    await expectSecondStep(await waiting('Declared after it stood still'));
  }, 300_000);

  it('killed for good: everything it had started ends with it', async () => {
    const left = children();
    expect(left.filter(isRunning)).toHaveLength(5);
    supervisor.kill('SIGKILL');
    await eventually(() => !left.some(isRunning), { what: 'the end of its children', timeoutMs: 60_000 });
  }, 120_000);
});
