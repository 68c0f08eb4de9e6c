/** `manual`: a person does what the text says, and says so. */
import { shownSecrets } from '../../domain/runbook/secret-marker.js';
import { type ActingRules, filled } from '../../domain/runbook/step-rules.js';

export interface RenderedManual {
  kind: 'manual';
  text: string;
  timeoutMs: number | null;
}

export const manual: ActingRules<'task', string, RenderedManual> = {
  endedBy: 'task',
  request: (text) => text,
  render: (text, { scope, limitMs }) => ({
    kind: 'manual',
    text: shownSecrets(filled(text, scope)),
    timeoutMs: limitMs,
  }),
};
