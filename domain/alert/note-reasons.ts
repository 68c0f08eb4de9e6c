/** Adds a message's parsing notes to the alert's reasons, so that the person paged can see which fields were guessed. */
import type { SignalDecision } from './decide-signal.js';
import type { AlertSignal } from './signal.js';

export function withNotes(decision: SignalDecision, { notes = [] }: AlertSignal): SignalDecision {
  if (notes.length === 0) return decision;
  const text = `the message was read in part: ${notes.join('; ')}`;
  return { ...decision, reasons: [...decision.reasons, { stage: 'mapping', decision: 'in_part', text }] };
}
