/** Waits until the engine has processed its input, so that the next measurement includes no backlog. */
import { setTimeout as wait } from 'node:timers/promises';
import { openSql } from '../../test/harness/sql.js';
import type { Engine } from './engine.js';
import { cpuMs } from './usage.js';

const PATIENCE_MS = 600_000;
/** An idle worker polls, sends heartbeats and looks for due work: far below this share of a core. */
const IDLE_SHARE = 0.25;
const LOOK_MS = 1_000;

/** Resolves when the outbox is empty and the worker is idle. Throws after ten minutes. */
export async function settled({ state }: Engine): Promise<void> {
  const sql = openSql(state.databaseUrl);
  const pid = state.processes['worker']?.pid ?? 0;
  const deadline = performance.now() + PATIENCE_MS;
  try {
    while ((await undelivered(sql)) > 0 || (await busyShare(pid)) > IDLE_SHARE) {
      if (performance.now() > deadline)
        throw new Error('the engine does not come to rest within ten minutes');
      await wait(100);
    }
  } finally {
    await sql.close();
  }
}

/** Rows of the outbox not yet delivered to Temporal. */
export async function undelivered(sql: ReturnType<typeof openSql>): Promise<number> {
  const rows = await sql<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE delivered_at IS NULL');
  return rows[0]?.n ?? 0;
}

async function busyShare(pid: number): Promise<number> {
  const before = cpuMs(pid);
  await wait(LOOK_MS);
  return (cpuMs(pid) - before) / LOOK_MS;
}
