/**
 * Tells the repeats of an alert that change nothing but its counter, the times of its newest message and its newest words. Everything
 * else needs a decision: a worse severity, an end, an alert that is held or holds others back, a band of a watch.
 */
import type { KeyFacts } from './decide-signal.js';
import { compareSeverity } from './severity.js';
import type { AlertSignal } from './signal.js';

export interface PlainRepeat {
  alert: string;
  incident: string;
}

/** Null: the message needs a decision. `isNoted`: it is of a watch, whose priority may rise at the same severity, or holds others back. */
export function plainRepeat(
  signal: Pick<AlertSignal, 'action' | 'severity'>,
  { open }: Pick<KeyFacts, 'open'>,
  isNoted: boolean,
): PlainRepeat | null {
  if (signal.action !== 'trigger' || open === null || open.incident === null || isNoted) return null;
  if (compareSeverity(signal.severity, open.severity) < 0) return null;
  return { alert: open.id, incident: open.incident };
}
