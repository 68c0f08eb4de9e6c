/**
 * Coalesces signals that arrive together, so that a storm on one key costs one row write (docs/performance.md, Ingest recipe).
 */
import type { AlertSignal } from './signal.js';
import { worseSeverity } from './severity.js';

export interface SourceSignal {
  source: string;
  signal: AlertSignal;
}

/** Consecutive equal signals. `count`: how many; `indexes`: their positions in the batch. */
export interface CoalescedStep {
  signal: AlertSignal;
  count: number;
  indexes: number[];
}

/** All signals of one key in order of arrival: trigger ×40, resolve, trigger ×2 stays three steps. */
export interface CoalescedKey {
  source: string;
  dedupKey: string;
  steps: CoalescedStep[];
}

/** Groups a batch by key, sorted by source and key: the one order in which rows are locked. */
export function coalesceSignals(batch: readonly SourceSignal[]): CoalescedKey[] {
  const keys = new Map<string, CoalescedKey>();
  for (const [index, { source, signal }] of batch.entries()) {
    // A source name contains no blanks, so the pair is unambiguous.
    const id = `${source} ${signal.dedupKey}`;
    let key = keys.get(id);
    if (key === undefined) keys.set(id, (key = { source, dedupKey: signal.dedupKey, steps: [] }));
    const last = key.steps.at(-1);
    if (last === undefined || last.signal.action !== signal.action) {
      key.steps.push({ signal, count: 1, indexes: [index] });
      continue;
    }
    last.signal = fold(last.signal, signal);
    last.count += 1;
    last.indexes.push(index);
  }
  return [...keys.values()].sort((a, b) => compare(a.source, b.source) || compare(a.dedupKey, b.dedupKey));
}

/**
 * Keeps the first signal's texts, the worst severity and the newest deadline. `occurredAt` is the newest one, or null when either
 * is unknown: a merged signal that looks older than its youngest part would make the late-repeat rule drop a new outage.
 */
function fold(first: AlertSignal, next: AlertSignal): AlertSignal {
  const severity = worseSeverity(first.severity, next.severity);
  const occurredAt =
    first.occurredAt === null || next.occurredAt === null
      ? null
      : Date.parse(next.occurredAt) > Date.parse(first.occurredAt)
        ? next.occurredAt
        : first.occurredAt;
  const resolveAt = next.resolveAt ?? null;
  if (
    severity === first.severity &&
    occurredAt === first.occurredAt &&
    resolveAt === (first.resolveAt ?? null)
  )
    return first;
  return { ...first, severity, occurredAt, resolveAt };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
