/** A runbook step as a sentence: its name, its task or question, or its id when it has neither. */
import type { RunStepView } from '../../services/runbook/runbooks.service.js';
import { endedBy } from '../../steps/registry.js';

export function stepSentence({ id, name, kind, output, approval }: RunStepView): string {
  if (name !== null) return name;
  if (approval !== null) return approval.message;
  const text = output?.['text'];
  return endedBy(kind) === 'task' && typeof text === 'string' && text !== '' ? text : id;
}

/** For a list that shows the text below: the step's name, its question, or its id. */
export const stepTitle = ({ id, name, approval }: RunStepView): string => name ?? approval?.message ?? id;
