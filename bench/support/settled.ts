/** Waits until the engine has digested what it was given: what is measured next is no backlog. */
import { setTimeout as wait } from 'node:timers/promises';
import { openSql } from '../../test/harness/sql.js';
import type { Engine } from './engine.js';
import { cpuMs } from './usage.js';

const PATIENCE_MS = 600_000;
/** A worker that has nothing to do polls, beats and looks for what is owed: far below this share of a core. */
const IDLE_SHARE = 0.25;
const LOOK_MS = 1_000;

/** Until Temporal was told everything and the worker has done what Temporal asked of it. Throws after ten minutes. */
export async function settled({ state }: Engine): Promise<void> {
  const sql = openSql(state.databaseUrl);
  const pid = state.processes['worker']?.pid ?? 0;
  const deadline = performance.now() + PATIENCE_MS;
  try {
    while ((await untold(sql)) > 0 || (await busyShare(pid)) > IDLE_SHARE) {
      if (performance.now() > deadline)
        throw new Error('the engine does not come to rest within ten minutes');
      await wait(100);
    }
  } finally {
    await sql.close();
  }
}

/** Rows of the outbox that Temporal has not taken. */
export async function untold(sql: ReturnType<typeof openSql>): Promise<number> {
  const rows = await sql<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE delivered_at IS NULL');
  return rows[0]?.n ?? 0;
}

async function busyShare(pid: number): Promise<number> {
  const before = cpuMs(pid);
  await wait(LOOK_MS);
  return (cpuMs(pid) - before) / LOOK_MS;
}
