/** The effect of a runbook step; `steps/<kind>/run.ts` implements it. */
import type { CheckPort } from './check.js';
import type { NoticePort } from './delivery.js';
import type { EgressPort } from './egress.js';
import type { StepAt } from './runbook.js';

export interface StepPorts {
  egress: EgressPort;
  checks: CheckPort;
  notices: NoticePort;
}

/**
 * Results are not truncated here, because half a secret is no longer recognised. `said`: the response, whose beginning is added
 * to the text. `failed`: not successful; `final` rules out a further attempt. `timed_out`: no response in time. `result` is
 * available to `outputs`.
 */
export type Attempt =
  | { kind: 'succeeded'; text: string; result: Record<string, unknown> }
  | { kind: 'failed'; text: string; said?: string; result: Record<string, unknown>; final: boolean }
  | { kind: 'timed_out'; text: string; result: Record<string, unknown> };

export interface StepEffect<Rendered> {
  /** One attempt. Returns its result; never throws for the other side's response. `key`: the same in every attempt of one execution. */
  attempt(ports: StepPorts, rendered: Rendered, at: StepAt, key: string): Promise<Attempt>;
  /** URL that secrets are sent to. Without it, the step shows a secret's name. */
  sentTo?(rendered: Rendered): string;
  /** Effects that only write the record: an error means that nothing was done. */
  writesRecord?: true;
}
