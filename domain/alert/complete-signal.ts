/** Fills in fields that a message lacks with defaults from its source's document. */
import type { Severity } from '../config/terms.js';
import { DEFAULT_SEVERITY } from './severity.js';
import type { AlertSignal } from './signal.js';

/** A message as its format parsed it; missing fields are still missing. */
export interface ReadSignal extends Omit<AlertSignal, 'severity' | 'notes'> {
  /** Null: missing, or an unknown word. */
  severity: Severity | null;
  /** One sentence per missing or invalid field, naming the field. */
  notes: string[];
  /** The format has a field for the affected machine or service, and the field is blank. */
  lacksSource?: boolean;
}

/**
 * Every message of a known source becomes an alert, even when only part of it can be read (docs/domain.md, Alerts): the severity
 * defaults to the one in the source's document, a missing source to the source's name, and the notes record both.
 */
export function completeSignal(
  { severity, notes, lacksSource = false, ...signal }: ReadSignal,
  source: { name: string; severity?: Severity | undefined },
): AlertSignal {
  const taken = severity ?? source.severity ?? DEFAULT_SEVERITY;
  // An acknowledge or resolve is matched by its key alone, so missing fields do not matter.
  const isTrigger = signal.action === 'trigger';
  const all = [
    ...notes,
    ...(severity === null && isTrigger
      ? [`taken as ${taken}, the severity that the source ${source.name} falls back to`]
      : []),
    ...(lacksSource && isTrigger ? [`taken as coming from ${source.name}`] : []),
  ];
  return {
    ...signal,
    severity: taken,
    labels: lacksSource ? { ...signal.labels, source: source.name } : signal.labels,
    ...(all.length === 0 ? {} : { notes: all }),
  };
}
