import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildEvent } from './child.js';
import { freePort } from './ports.js';
import { isRunning } from './process-identity.js';
import { prepareSettings } from './settings.js';
import { readState } from './state-file.js';
import { startSupervisor, type Supervisor } from './supervisor.js';
import { eventually } from './testing/eventually.js';
import { writeTinyApps } from './testing/tiny-apps.js';

const root = mkdtempSync(join(tmpdir(), 'tocsin-supervisor-'));
const journal = join(root, 'journal');
/** A folder of its own, because PostgreSQL's user must reach it and `root` is closed to other users. */
const whole = mkdtempSync(join(tmpdir(), 'tocsin-whole-'));
writeTinyApps(join(root, 'apps'));

/** Both servers are supplied, so only the three apps start; these tests never connect to either. */
const brought = { DATABASE_URL: 'postgres://x@127.0.0.1/x', TEMPORAL_ADDRESS: '127.0.0.1:1' };
const open = new Set<Supervisor>();
const events: ChildEvent[] = [];

async function start(env: NodeJS.ProcessEnv = brought, dataDir = join(root, 'data')): Promise<Supervisor> {
  const port = String(await freePort());
  const full = { PATH: process.env['PATH'], TINY_JOURNAL: journal, PORT: port, ...env };
  const settings = await prepareSettings(full, dataDir, () => {});
  const supervisor = await startSupervisor({
    settings,
    env: full,
    appsDir: join(root, 'apps'),
    isPractice: false,
    onEvent: (event) => void events.push(event),
  });
  open.add(supervisor);
  return supervisor;
}

const written = (): string[] => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []);

function environmentOf(url: string): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (reply) => {
      let body = '';
      reply.on('data', (chunk: Buffer) => (body += chunk.toString()));
      reply.on('end', () => resolve(JSON.parse(body)));
    }).on('error', reject);
  });
}

beforeEach(() => {
  rmSync(journal, { force: true });
  events.length = 0;
});
afterEach(async () => {
  for (const supervisor of open) await supervisor.stop();
  open.clear();
});
afterAll(() => {
  for (const folder of [root, whole]) rmSync(folder, { recursive: true, force: true });
});

describe('the supervisor', () => {
  it('starts pager, api and worker with what they need and writes down what runs where', async () => {
    const { state } = await start();
    expect(written().toSorted()).toEqual(['api starts', 'pager starts', 'worker starts']);
    expect(await environmentOf(state.apiUrl)).toMatchObject({
      ...brought,
      TOCSIN_URL: `http://localhost:${state.ports['api']}`,
      TOCSIN_ADMIN_TOKEN: state.adminToken,
      TOCSIN_SECRET_KEY: readFileSync(join(root, 'data', 'secret.key'), 'utf8').trim(),
      TOCSIN_PRACTICE: '0',
    });
    const file = join(root, 'data', 'embedded.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, 'data', 'secret.key')).mode & 0o777).toBe(0o600);
    expect(readState(join(root, 'data'))).toEqual(JSON.parse(JSON.stringify(state)));
    expect(Object.values(state.processes).every(isRunning)).toBe(true);
    expect(readFileSync(join(root, 'data', 'logs', 'api.log'), 'utf8')).toContain('hello from api');
  });

  it('gives each what it has a use for: runbook secrets not to the api, the admin token not to the worker', async () => {
    const { state } = await start({
      ...brought,
      TOCSIN_SECRET_DB: 'of a runbook',
      TOCSIN_SECRET_DB_HOSTS: 'db.internal',
    });
    const [api, worker, pager] = await Promise.all(
      ['api', 'worker', 'pager'].map((name) => environmentOf(`http://127.0.0.1:${state.ports[name]}`)),
    );
    for (const secret of ['TOCSIN_SECRET_DB', 'TOCSIN_SECRET_DB_HOSTS'])
      expect(api).not.toHaveProperty(secret);
    expect(api).toHaveProperty('TOCSIN_ADMIN_TOKEN');
    expect(worker).toMatchObject({ TOCSIN_SECRET_DB: 'of a runbook', TOCSIN_SECRET_DB_HOSTS: 'db.internal' });
    expect(worker).not.toHaveProperty('TOCSIN_ADMIN_TOKEN');
    expect(pager).toMatchObject({ TOCSIN_SECRET_DB: 'of a runbook', TOCSIN_ADMIN_TOKEN: state.adminToken });
  });

  it('stops them in the reverse order, pager last, and keeps no token', async () => {
    const supervisor = await start();
    const { state } = supervisor;
    const processes = Object.values(state.processes);
    await supervisor.stop();
    expect(written().slice(-3)).toEqual(['worker stops', 'api stops', 'pager stops']);
    expect(processes.some(isRunning)).toBe(false);
    expect(readState(join(root, 'data'))).toMatchObject({ adminToken: null, processes: {} });
  });

  it('starts a dead child again alone, on its port', async () => {
    const { state } = await start();
    const before = { ...state.processes };
    process.kill(before['worker']?.pid ?? 0, 'SIGKILL');
    await eventually(() => expect(events.filter(({ kind }) => kind === 'ready')).toHaveLength(4));
    expect(state.processes['worker']).not.toEqual(before['worker']);
    expect(state.processes['api']).toEqual(before['api']);
    expect(state.processes['pager']).toEqual(before['pager']);
    expect(await environmentOf(`http://127.0.0.1:${state.ports['worker']}`)).toMatchObject(brought);
    expect(events).toContainEqual({
      kind: 'died',
      name: 'worker',
      how: 'SIGKILL',
      delayMs: expect.any(Number),
    });
  });

  it('ends a child that does not hear the signal', async () => {
    const supervisor = await start({ ...brought, TINY_DEAF: 'api' });
    const { api } = supervisor.state.processes;
    await supervisor.kill();
    expect(api !== undefined && isRunning(api)).toBe(false);
  });

  it('gives up a start when a child cannot come up, says what it said and leaves nobody behind', async () => {
    await expect(start({ ...brought, TINY_BROKEN: 'api' })).rejects.toThrow(
      /api ended \(exit code 3\) before it was ready; it said:.*no such table: incident/s,
    );
    expect(
      events.flatMap((event) => (event.kind === 'started' ? [event.identity] : [])).some(isRunning),
    ).toBe(false);
    await start();
  });

  it('refuses a second start on the same folder and says where the first one is', async () => {
    const { state } = await start();
    await expect(start()).rejects.toThrow(
      new RegExp(`already runs on .*\\(process ${process.pid}, ${state.url}\\).*--data-dir`),
    );
    expect(Object.values(state.processes).every(isRunning)).toBe(true);
  });

  it('ends what a killed supervisor has left behind', async () => {
    const { state } = await start({ ...brought, PORT: String(await freePort()) }, join(root, 'first'));
    const orphans = Object.values(state.processes);
    const dataDir = join(root, 'second');
    await prepareSettings({ ...brought, PORT: String(await freePort()) }, dataDir, () => {});
    writeFileSync(join(dataDir, 'embedded.json'), JSON.stringify({ ...state, dataDir }));
    writeFileSync(
      join(dataDir, 'tocsin.lock'),
      JSON.stringify({ pid: process.pid, startedAt: 'in another life' }),
    );
    // Their own supervisor restarts them here; the point is that these very processes are gone.
    await start(brought, dataDir);
    expect(orphans.some(isRunning)).toBe(false);
  });

  it('runs PostgreSQL and Temporal too, and brings each back on its old port', async () => {
    const { state } = await start({}, whole);
    const { postgres, temporal } = state.processes;
    if (postgres === undefined || temporal === undefined) throw new Error('not started');
    expect(await environmentOf(state.apiUrl)).toMatchObject({
      // Not the owner, who is a superuser of the embedded server.
      DATABASE_URL: expect.stringMatching(
        new RegExp(`^postgres://tocsin_app:[^@]+@127\\.0\\.0\\.1:${state.ports['postgres']}/tocsin$`),
      ),
      TEMPORAL_ADDRESS: state.temporalAddress,
    });
    expect(await environmentOf(state.apiUrl)).not.toHaveProperty('DATABASE_OWNER_URL');
    process.kill(postgres.pid, 'SIGKILL');
    process.kill(temporal.pid, 'SIGKILL');
    await eventually(() => expect(events.filter(({ kind }) => kind === 'ready')).toHaveLength(7));
    expect(state.databaseUrl).toContain(`:${state.ports['postgres']}/`);
    expect(state.processes['api']).toEqual(
      events.flatMap((e) => (e.kind === 'started' && e.name === 'api' ? [e.identity] : []))[0],
    );
  });
});
