/** `notify`: tells people something. A repeated attempt sends nothing twice, because the ledger knows its key. */
import { type ActingRules, DEFAULT_TIMEOUT_MS, filled } from '../../domain/runbook/step-rules.js';

export interface NotifyRequest {
  /** `responders` (default), `commander`, `person:<name>`, `team:<name>`. */
  to?: string;
  text: string;
}

export interface RenderedNotify {
  kind: 'notify';
  notify: NotifyRequest;
  timeoutMs: number;
}

export const notify: ActingRules<'effect', NotifyRequest, RenderedNotify> = {
  endedBy: 'effect',
  isExternal: true,
  plansMessages: true,
  isRepeatable: () => true,
  addressees: ({ to = '' }) => [{ path: 'to', to }],
  render: (request, { scope, limitMs }) => ({
    kind: 'notify',
    notify: filled(request, scope),
    timeoutMs: limitMs ?? DEFAULT_TIMEOUT_MS,
  }),
};
