/** Alerts whose sender said until when they hold, and did not repeat them. */
import type { Reason } from '../../domain/alert/decide-signal.js';
import { type Closing, closeUnheard } from './close-unheard.js';

const reason: Reason = {
  stage: 'dedup',
  decision: 'closed',
  text: 'its sender stopped repeating it (endsAt has passed)',
};

/** Closes alerts whose sender promised to repeat them and did not (`endsAt` has passed). */
export async function closeExpiredAlerts(closing: Closing, limit: number): Promise<number> {
  const due: { source: string; dedupKey: string; title: string }[] = await closing.dataSource.query(
    `SELECT source, dedup_key AS "dedupKey", title FROM alert
      WHERE status = 'open' AND resolve_at <= tocsin_now() ORDER BY resolve_at LIMIT $1`,
    [limit],
  );
  for (const alert of due) {
    await closeUnheard(closing, {
      ...alert,
      reason,
      isStillDue: async (tx, id) => {
        const renewed: unknown[] = await tx.query(
          'SELECT 1 FROM alert WHERE id = $1 AND resolve_at > tocsin_now()',
          [id],
        );
        return renewed.length === 0;
      },
    });
  }
  return due.length;
}
