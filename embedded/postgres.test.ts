import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { ChildEvent } from './child.js';
import { findPostgresUser } from './postgres-user.js';
import { startPostgres, type RunningPostgres } from './postgres.js';
import { freePort } from './ports.js';
import { eventually } from './testing/eventually.js';
import { startLoose } from './testing/loose-postgres.js';

const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-postgres-'));
const open = new Set<RunningPostgres>();

async function start(options: Partial<Parameters<typeof startPostgres>[0]> = {}): Promise<RunningPostgres> {
  const running = await startPostgres({ dataDir, isDurable: false, ...options });
  open.add(running);
  return running;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    return Object.values(result.rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

afterAll(async () => {
  for (const running of open) await running.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('starts on an empty folder, keeps its password 0600 and listens on loopback alone', async () => {
    const running = await start();
    expect(await ask(running.url, 'SELECT current_database()')).toBe('tocsin');
    expect(await ask(running.url, 'SHOW listen_addresses')).toBe('127.0.0.1');
    expect(await ask(running.url, 'SHOW unix_socket_directories')).toBe('');
    expect(await ask(running.url, "SELECT datcollate || ' ' || datlocale FROM pg_database LIMIT 1")).toBe(
      'C C.UTF-8',
    );
    const passwordFile = join(dataDir, 'postgres.password');
    expect(statSync(passwordFile).mode & 0o777).toBe(0o600);
    const wrong = running.url.replace(readFileSync(passwordFile, 'utf8'), 'wrong');
    await expect(ask(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('refuses a second start on the same folder, in words', async () => {
    await expect(startPostgres({ dataDir })).rejects.toThrow(/already in use by process \d+.*--data-dir/);
  });

  it('makes, copies and drops databases', async () => {
    const [running] = [...open];
    if (running === undefined) throw new Error('not running');
    const first = await running.createDatabase('suite-1');
    await ask(first, 'CREATE TABLE kept AS SELECT 7 AS seven');
    const copy = await running.createDatabase('suite 2', 'suite-1');
    expect(await ask(copy, 'SELECT seven FROM kept')).toBe(7);
    await running.dropDatabase('suite 2');
    await expect(ask(copy, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it('comes back with its data after a stop, on the port it is asked for', async () => {
    const [running] = [...open];
    if (running === undefined) throw new Error('not running');
    await running.stop();
    open.delete(running);
    const again = await start({ port: running.port });
    expect(again.port).toBe(running.port);
    expect(await ask(again.urlOf('suite-1'), 'SELECT seven FROM kept')).toBe(7);
    await again.stop();
    open.delete(again);
  });

  it('is started again on the same port when it is killed', async () => {
    const events: ChildEvent[] = [];
    const running = await start({
      restart: { firstMs: 10, capMs: 100 },
      onEvent: (event) => void events.push(event),
    });
    const before = running.pid;
    if (before === null) throw new Error('not running');
    process.kill(before, 'SIGKILL');
    await eventually(() => expect(events.filter(({ kind }) => kind === 'ready')).toHaveLength(2));
    expect(running.pid).not.toBe(before);
    expect(running.restarts).toBeGreaterThan(0);
    expect(await ask(running.urlOf('suite-1'), 'SELECT seven FROM kept')).toBe(7);
    await running.stop();
    open.delete(running);
  });

  it('stops a server that outlived its supervisor', async () => {
    const told: string[] = [];
    const orphan = await orphanedServer();
    const running = await start({ say: (text) => void told.push(text) });
    expect(told.join()).toContain(`process ${orphan}`);
    expect(running.pid).not.toBe(orphan);
    expect(await ask(running.urlOf('suite-1'), 'SELECT seven FROM kept')).toBe(7);
    await running.stop();
    open.delete(running);
  });

  it('does not mistake another process for its server', async () => {
    const told: string[] = [];
    const user = findPostgresUser();
    // A process of the server's own user: PostgreSQL never takes other users' processes for a postmaster.
    const other = spawn('sleep', ['600'], { uid: user?.uid, gid: user?.gid, cwd: '/', stdio: 'ignore' });
    try {
      writeFileSync(
        join(dataDir, 'postgres', 'postmaster.pid'),
        `${other.pid}\n${dataDir}/postgres\n1\n5432\n\n127.0.0.1\n`,
      );
      const running = await start({ say: (text) => void told.push(text) });
      expect(await ask(running.url, 'SELECT 1')).toBe(1);
      expect(told.join()).toContain(`process ${other.pid} is not the database's any more`);
      expect(other.exitCode ?? other.signalCode).toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });
});

/** An unsupervised server, as left behind by `kill -9` of a supervisor; returns its pid. */
async function orphanedServer(): Promise<number> {
  const loose = startLoose(dataDir, await freePort());
  await eventually(() =>
    expect(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).toContain('ready'),
  );
  if (loose.pid === undefined) throw new Error('not spawned');
  return loose.pid;
}
