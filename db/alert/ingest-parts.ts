/**
 * Splits the signals of a body into parts, each for a transaction of its own: a body of ten thousand alerts would need more locks
 * than the database has, and hold them for minutes.
 */
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { AlertSignal, GroupNotice } from '../../domain/alert/signal.js';
import { openKeysOfGroup } from './alert-rows.js';

/** Signals per transaction: an acknowledgement of their incident waits for its row as long as the transaction lasts. */
export const SIGNALS_AT_ONCE = 50;
export const GROUP_PARTS_MAX = 1_000;

/** The signals of a body that go into one transaction. */
export interface Part {
  signals: AlertSignal[];
  isFirst: boolean;
  /** The group notice is handled with the last part. */
  group?: GroupNotice | undefined;
  /** Digest of the whole body. */
  digest: string | null;
}

export function* partsOf({ group, ...whole }: Part): Generator<Part> {
  const { signals } = whole;
  for (let start = 0; start === 0 || start < signals.length; start += SIGNALS_AT_ONCE) {
    const end = start + SIGNALS_AT_ONCE;
    const isLast = end >= signals.length;
    yield {
      ...whole,
      signals: signals.slice(start, end),
      isFirst: start === 0,
      ...(isLast ? { group } : {}),
    };
  }
}

export const wholeOf = ({
  signals,
  group,
  raw,
}: {
  signals: AlertSignal[];
  group?: GroupNotice;
  raw: Uint8Array | null;
}): Part => ({
  signals,
  isFirst: true,
  group,
  digest: raw === null ? null : createHash('sha256').update(raw).digest('base64'),
});

/** The group ended, and its notification may be truncated: open alerts of the group that it does not name end too. */
export async function resolvesOfGroup(
  tx: EntityManager,
  source: string,
  { key, named }: { key: string; named: readonly string[] },
): Promise<AlertSignal[]> {
  const open = await openKeysOfGroup(tx, source, { key, named, limit: SIGNALS_AT_ONCE });
  return open.map((dedupKey) => ({
    action: 'resolve',
    dedupKey,
    title: dedupKey,
    severity: 'info',
    labels: {},
    links: [],
    occurredAt: null,
    detail: null,
  }));
}
