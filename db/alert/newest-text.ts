/** The newest text of a repeated alert key: shown instead of the first one, which stays on record. */
import type { EntityManager } from 'typeorm';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { detailOf } from './alert-rows.js';

/** Writes nothing while the sender repeats the same text. */
export async function storeNewestText(tx: EntityManager, alert: string, signal: AlertSignal): Promise<void> {
  const { title, severity, labels, links } = signal;
  const newest = { title, severity, labels, links, detail: detailOf(signal) };
  await tx.query(
    `UPDATE alert SET newest = $2::jsonb
      WHERE id = $1 AND $2::jsonb IS DISTINCT FROM coalesce(newest, jsonb_build_object(
        'title', title, 'severity', severity, 'labels', labels, 'links', links, 'detail', detail))`,
    [alert, JSON.stringify(newest)],
  );
}
