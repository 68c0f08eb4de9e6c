/** What a format could not read out of a message, filled in by what its source's document says. */
import type { Severity } from '../config/specs.js';
import { DEFAULT_SEVERITY } from './severity.js';
import type { AlertSignal } from './signal.js';

/** A message as its format read it: what it left out is still missing. */
export interface ReadSignal extends Omit<AlertSignal, 'severity' | 'notes'> {
  /** Null: missing, or a word that the format does not know. */
  severity: Severity | null;
  /** What was missing or wrong, each a sentence that names the field. */
  notes: string[];
  /** The format has a field for the machine or service that is ill, and it is blank. */
  lacksSource?: boolean;
}

/**
 * A known sender's message is an alert, also when it can be read in part only (domain rules, "in part"): the severity is the
 * one its source's document names, the missing source the source's own name; the notes say so.
 */
export function completeSignal(
  { severity, notes, lacksSource = false, ...signal }: ReadSignal,
  source: { name: string; severity?: Severity | undefined },
): AlertSignal {
  const taken = severity ?? source.severity ?? DEFAULT_SEVERITY;
  // An acknowledge or resolve is read by its key alone: what it lacks besides stands for nothing.
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
