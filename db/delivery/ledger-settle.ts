/** Settles or withdraws an attempt: writes what `domain/delivery/settle` decides, and the attempt's own result. */
import type { DataSource } from 'typeorm';
import type { SendOutcome } from '../../ports/channel.js';
import { saysAddressIsDead } from '../../domain/delivery/dead-address.js';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import * as decided from '../../domain/delivery/settle.js';
import { markDead } from '../people/contact-status.js';
import { type AttemptEnd, endAttempt } from './end-attempt.js';
import { sanitisedError } from './sanitised-error.js';

/** Stores the provider's result on the row and on the pages that its message bundled. */
export async function settle(
  dataSource: DataSource,
  delivery: LeasedDelivery,
  outcome: SendOutcome,
  times: { leaseMs: number; confirmsWithinMs: number | null },
): Promise<void> {
  const { id, lease, attempt, key, incident, alsoPaged = [] } = delivery;
  const error = outcome.kind === 'accepted' ? null : sanitisedError(outcome.error, delivery);
  const end: AttemptEnd = {
    delivery: id,
    n: attempt,
    outcome: outcome.kind,
    provider: outcome.provider,
    providerId: outcome.kind === 'accepted' ? outcome.providerId : null,
    error: error?.slice(0, 1000) ?? null,
  };
  const ended = {
    lease,
    attempt,
    key,
    number: incident.number,
    listed: alsoPaged.map(({ number }) => number),
  };
  await endAttempt(dataSource, end, (row) => decided.settle(row, ended, outcome, times));
  // A newer update may have waited for the end of this one.
  if (delivery.type === 'page.updated') await dataSource.query(TELL_NEWER, [incident.id]);
  if (outcome.kind !== 'failed' || !outcome.permanent || delivery.type === 'incident.event') return;
  if (!saysAddressIsDead(delivery.channel, outcome.error)) return;
  const { person, contact, address } = delivery;
  await dataSource.transaction((tx) => markDead(tx, { person, contact, address }, error ?? ''));
}

const TELL_NEWER = `
  SELECT pg_notify('tocsin_ledger', $1) WHERE EXISTS (
    SELECT 1 FROM delivery WHERE incident_id = $1::uuid AND type = 'page.updated' AND state = 'planned' AND due_at <= tocsin_now())`;

/** Ends an attempt that was never made, even if another sender holds the row by now: it notified nobody. */
export function withdraw(
  dataSource: DataSource,
  { id, lease, attempt }: Pick<LeasedDelivery, 'id' | 'lease' | 'attempt'>,
): Promise<void> {
  const end: AttemptEnd = {
    delivery: id,
    n: attempt,
    outcome: 'withdrawn',
    provider: null,
    providerId: null,
    error: null,
  };
  return endAttempt(dataSource, end, (row) => decided.withdraw(row, { lease }));
}
