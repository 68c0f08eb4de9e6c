/** A runbook's step as people know it: its name, what it asks them to do, or its id where it says nothing. */
import type { RunStepView } from '../../../db/views/run-view.js';

export function stepSentence({ id, name, kind, output, approval }: RunStepView): string {
  if (name !== null) return name;
  if (approval !== null) return approval.message;
  const text = output?.['text'];
  return kind === 'manual' && typeof text === 'string' && text !== '' ? text : id;
}

/** In a list, where the text stands below: its name, the question it asks, or its id. */
export const stepTitle = ({ id, name, approval }: RunStepView): string => name ?? approval?.message ?? id;
