/** Heartbeats of processes, visible to the others: one row per process, renewed every 5 s. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DataSource } from 'typeorm';

export const HEARTBEAT_EVERY_MS = 5_000;
/** Three missed heartbeats: the process counts as dead. */
export const HEARTBEAT_LATE_MS = 15_000;

export interface Heartbeat {
  process: string;
  instance: string;
  ageMs: number;
  detail: Record<string, unknown>;
}

const life = randomUUID().slice(0, 8);

/**
 * Host, pid and start id: names a sender in the ledger and a process in /readyz. A restarted container has the host
 * and pid of before, and must not take deliveries leased by its predecessor for its own.
 */
export const instanceName = (): string => `${hostname()}/${process.pid}/${life}`;

export async function recordHeartbeat(
  dataSource: DataSource,
  process: string,
  detail: Record<string, unknown>,
): Promise<void> {
  await dataSource.query(
    `INSERT INTO heartbeat (process, instance, at, detail) VALUES ($1, $2, tocsin_now(), $3)
     ON CONFLICT (process, instance) DO UPDATE SET at = excluded.at, detail = excluded.detail`,
    [process, instanceName(), JSON.stringify(detail)],
  );
  await dataSource.query(`DELETE FROM heartbeat WHERE at < tocsin_now() - interval '1 hour'`);
}

export async function heartbeats(dataSource: DataSource): Promise<Heartbeat[]> {
  return dataSource.query(
    `SELECT process, instance, detail, (extract(epoch FROM tocsin_now() - at) * 1000)::float8 AS "ageMs"
       FROM heartbeat ORDER BY process, instance`,
  );
}
