/** Starts `bare-ingest.js` on a database of its own in the engine's PostgreSQL: same server, same durability. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openSql } from '../../test/harness/sql.js';
import type { Engine } from './engine.js';

export interface BareIngest {
  url: URL;
  pid: number;
  /** Rows and counts, to see that what was accepted is there. */
  stored(): Promise<number>;
  stop(): Promise<void>;
}

export async function startBareIngest({ state }: Engine): Promise<BareIngest> {
  const databaseUrl = new URL(state.databaseUrl);
  databaseUrl.pathname = '/bench_bare';
  const engineSql = openSql(state.databaseUrl);
  await engineSql('CREATE DATABASE bench_bare');
  await engineSql.close();
  const child = fork(join(import.meta.dirname, 'bare-ingest.js'), [databaseUrl.href], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ended = once(child, 'exit');
  const [message]: unknown[] = await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the bare intake ended before it was ready'))),
  ]);
  const sql = openSql(databaseUrl.href);
  return {
    url: new URL((message as { url: string }).url),
    pid: child.pid ?? 0,
    async stored() {
      const rows = await sql<{ n: number }>(
        'SELECT ((SELECT count(*) FROM bare_alert) + (SELECT coalesce(sum(count), 0) FROM bare_locked))::int AS n',
      );
      return rows[0]?.n ?? 0;
    },
    async stop() {
      await sql.close();
      child.kill('SIGTERM');
      await ended;
    },
  };
}
