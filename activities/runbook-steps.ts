/** One attempt of a step with an effect: returns its result, never throws for the other side's response. */
import type { CheckSpec } from '../domain/config/terms.js';
import type { HttpCall, NotifyRequest } from '../domain/runbook/definition.js';
import type { RenderedStep } from '../domain/runbook/render-step.js';
import type { CheckPort } from '../ports/check.js';
import type { NoticePort } from '../ports/delivery.js';
import type { EgressPort } from '../ports/egress.js';
import type { StepAt } from '../ports/runbook.js';

/** Kinds with an effect of their own. */
export type DoingStep = Extract<RenderedStep, { kind: 'http' | 'check' | 'notify' }>;

/**
 * Results are not truncated here, because half a secret is no longer recognised. `said`: the response, whose beginning is added
 * to the text. `failed`: not successful; `final` rules out a further attempt. `timed_out`: no response in time. `result` is
 * available to `outputs`.
 */
export type Attempt =
  | { kind: 'succeeded'; text: string; result: Record<string, unknown> }
  | { kind: 'failed'; text: string; said?: string; result: Record<string, unknown>; final: boolean }
  | { kind: 'timed_out'; text: string; result: Record<string, unknown> };

export const idempotencyKey = (at: StepAt): string => `${at.runId}/${at.step}/${at.execution}`;

/** Success is any 2xx, or one of `expect`. A body declared as JSON is parsed. */
export async function attemptHttp(
  egress: EgressPort,
  at: StepAt,
  call: HttpCall,
  timeoutMs: number,
): Promise<Attempt> {
  const method = call.method ?? 'GET';
  const begun = Date.now();
  const outcome = await egress.request({
    method,
    url: call.url,
    timeoutMs,
    ...withBody(call, method, idempotencyKey(at)),
  });
  switch (outcome.kind) {
    case 'answered': {
      const { status, headers, body, ms, truncated } = outcome;
      const result = { status, headers: shownHeaders(headers), body: parsed(headers, body), ms, truncated };
      const text = `${method} answered ${status} in ${Math.round(ms)} ms`;
      const ok = call.expect === undefined ? status >= 200 && status < 300 : call.expect.includes(status);
      if (ok) return { kind: 'succeeded', text, result };
      const wanted = call.expect === undefined ? 'a 2xx' : call.expect.join(' or ');
      return {
        kind: 'failed',
        text: `${text}, not ${wanted}`,
        said: body,
        result,
        final: false,
      };
    }
    case 'refused':
      return {
        kind: 'failed',
        text: `${method} was not sent: ${outcome.reason}`,
        result: {},
        final: true,
      };
    case 'unreachable':
    case 'interrupted': {
      const result = { error: outcome.reason };
      const may =
        outcome.kind === 'interrupted' && method !== 'GET' && method !== 'HEAD'
          ? '; it may have been done'
          : '';
      const text = `${method} got no answer: ${outcome.reason}${may}`;
      return Date.now() - begun >= timeoutMs
        ? { kind: 'timed_out', text, result }
        : { kind: 'failed', text, result, final: false };
    }
  }
}

/** The key lets the receiver recognise a repeated call. */
function withBody(
  call: HttpCall,
  method: string,
  key: string,
): { headers: Record<string, string>; body?: string } {
  const given = Object.fromEntries(
    Object.entries(call.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const headers = method === 'GET' || method === 'HEAD' ? given : { 'idempotency-key': key, ...given };
  if (call.body === undefined || call.body === null) return { headers };
  if (typeof call.body === 'string') {
    return { headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: call.body };
  }
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(call.body) };
}

const shown = new Set(['content-type', 'location', 'retry-after', 'etag', 'x-request-id']);

const shownHeaders = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => shown.has(name.toLowerCase())));

function parsed(headers: Record<string, string>, body: string): unknown {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (!/[/+]json\b/i.test(type)) return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // Declared as JSON, but invalid (cut, or an error page): the text is more useful than nothing.
    return body;
  }
}

export async function attemptCheck(checks: CheckPort, check: CheckSpec, timeoutMs: number): Promise<Attempt> {
  const begun = Date.now();
  const { ok, summary, output, ms } = await checks.run(check, timeoutMs);
  const result = { ok, summary, output, ms };
  if (ok) return { kind: 'succeeded', text: summary, result };
  if (Date.now() - begun >= timeoutMs) return { kind: 'timed_out', text: summary, result };
  return { kind: 'failed', text: summary, result, final: false };
}

export async function attemptNotify(notices: NoticePort, at: StepAt, ask: NotifyRequest): Promise<Attempt> {
  const to = ask.to ?? 'responders';
  const { people } = await notices.notify({
    incidentId: at.incidentId,
    to,
    text: ask.text,
    key: idempotencyKey(at),
  });
  const result = { people };
  return people.length > 0
    ? { kind: 'succeeded', text: `notified ${people.join(', ')}`, result }
    : { kind: 'failed', text: `${to} names nobody to notify`, result, final: true };
}
