/** Readiness of the deployment to page: each part with a sentence. Pure. */
import type { Heartbeat } from '../../db/health/heartbeats.js';

interface Part {
  ok: boolean;
  text: string;
}

export interface Readiness {
  ready: boolean;
  parts: Record<'database' | 'worker' | 'temporal' | 'pager', Part>;
}

export function readiness(heartbeats: readonly Heartbeat[], lateMs: number): Readiness {
  const fresh = (process: string): Heartbeat[] =>
    heartbeats.filter((heartbeat) => heartbeat.process === process && heartbeat.ageMs < lateMs);
  const workers = fresh('worker');
  const connected = workers.filter(({ detail }) => isConnected(detail['temporal']));
  const parts = {
    database: { ok: true, text: 'answers' },
    worker: seen('worker', workers.length, lateMs),
    temporal:
      workers.length === 0
        ? { ok: false, text: 'unknown: no worker reports' }
        : {
            ok: connected.length > 0,
            text:
              connected.length > 0
                ? `${connected.length} of ${workers.length} workers connected`
                : 'no worker is connected',
          },
    pager: seen('pager', fresh('pager').length, lateMs),
  };
  return { ready: Object.values(parts).every(({ ok }) => ok), parts };
}

const seen = (process: string, count: number, lateMs: number): Part =>
  count > 0
    ? { ok: true, text: `${count} reported in the last ${lateMs / 1000} s` }
    : { ok: false, text: `no ${process} reported in the last ${lateMs / 1000} s` };

/** State of Temporal in a worker's heartbeat: a flag or a word. */
const isConnected = (state: unknown): boolean =>
  state === true || state === 'connected' || state === 'up' || state === 'ok';

export const databaseAway = (): Readiness => {
  const unknown = { ok: false, text: 'unknown while the database is away' };
  return {
    ready: false,
    parts: {
      database: { ok: false, text: 'does not answer' },
      worker: unknown,
      temporal: unknown,
      pager: unknown,
    },
  };
};
