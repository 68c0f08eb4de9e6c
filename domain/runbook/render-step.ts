/** Renders the `${{ }}` of a step to its exact effect or question. Secrets stay markers until the call is made. */
import type { CheckSpec } from '../config/terms.js';
import { durationMs } from '../shared/duration.js';
import type { ApprovalPrompt, HttpCall, NotifyRequest, RunbookStep } from './definition.js';
import { render, type TemplateScope } from './expressions.js';
import { renderCall } from './render-call.js';
import { shownSecrets } from './secret-marker.js';
import { renderCheckHost, renderUrl } from './url-template.js';

export type RenderedStep =
  | { kind: 'http'; call: HttpCall; timeoutMs: number }
  | { kind: 'check'; check: CheckSpec; timeoutMs: number }
  | { kind: 'notify'; notify: NotifyRequest; timeoutMs: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'manual'; text: string; timeoutMs: number | null }
  | { kind: 'approve'; ask: ApprovalPrompt; timeoutMs: number | null };

/** Time limit of one attempt of a step with an effect, when the step sets none. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Characters of an approval's message, because it is part of an event. */
const MESSAGE_LIMIT = 2000;

/** A step that `nextAction` does not decide. */
export type ActingStep = Exclude<RunbookStep, { switch: unknown }>;

/**
 * Throws an error with a sentence for people when an expression cannot be evaluated. Without a scope the step stays as written: a
 * simulation shows it so where results are missing.
 */
export function renderStep(
  step: ActingStep,
  scope: TemplateScope | null,
  hosts?: readonly string[],
): RenderedStep {
  const limit = step.timeout === undefined ? null : durationMs(step.timeout);
  const timeoutMs = limit ?? DEFAULT_TIMEOUT_MS;
  // Rendering replaces strings and keeps the shape.
  const fill = <T>(value: T): T => (scope === null ? value : (render(value, scope) as T));
  if ('http' in step)
    return {
      kind: 'http',
      call: scope === null ? step.http : renderCall(step.http, scope, hosts),
      timeoutMs,
    };
  if ('check' in step)
    return {
      kind: 'check',
      check: scope === null ? step.check : renderCheck(step.check, scope, hosts),
      timeoutMs,
    };
  if ('notify' in step) return { kind: 'notify', notify: fill(step.notify), timeoutMs };
  if ('wait' in step) return { kind: 'wait', ms: durationMs(fill(step.wait)) };
  if ('manual' in step) return { kind: 'manual', text: shownSecrets(fill(step.manual)), timeoutMs: limit };
  const ask = shownSecrets(fill(step.approve));
  if (ask.message.length > MESSAGE_LIMIT) {
    throw new Error(`its message has ${ask.message.length} characters; at most ${MESSAGE_LIMIT} are allowed`);
  }
  return { kind: 'approve', ask, timeoutMs: limit };
}

/** The target of a check follows the same rule as that of a request. */
function renderCheck(check: CheckSpec, scope: TemplateScope, hosts?: readonly string[]): CheckSpec {
  const host = (text: string): string => renderCheckHost(text, scope, hosts);
  if ('http' in check) {
    const { http, ...rest } = check;
    return { ...(render(rest, scope) as typeof rest), http: renderUrl(http, scope, hosts) };
  }
  const filled = render(check, scope) as typeof check;
  if ('dns' in check) return { ...filled, dns: host(check.dns) } as CheckSpec;
  if ('tls' in check) return { ...filled, tls: host(check.tls) } as CheckSpec;
  return { ...filled, tcp: host(check.tcp) } as CheckSpec;
}

/**
 * The exact content of an approval as canonical JSON (keys sorted): its hash is the digest that a decision refers to
 * (docs/security.md §3.1).
 */
export function approvalContent(about: {
  run: string;
  runbook: string;
  revision: number;
  step: string;
  execution: number;
  ask: ApprovalPrompt;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}): string {
  return canonical(about);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
    .join(',')}}`;
}
