/** Sends the request of an `http` step through egress. */
import type { EgressPort } from '../../ports/egress.js';
import type { Attempt, StepEffect } from '../../ports/step.js';
import type { HttpCall, RenderedHttp } from './step.js';

export const httpEffect: StepEffect<RenderedHttp> = {
  attempt: ({ egress }, { call, timeoutMs }, _at, key) => attemptHttp(egress, key, call, timeoutMs),
  sentTo: ({ call }) => call.url,
};

/** Success is any 2xx, or one of `expect`. A body declared as JSON is parsed. */
async function attemptHttp(
  egress: EgressPort,
  key: string,
  call: HttpCall,
  timeoutMs: number,
): Promise<Attempt> {
  const method = call.method ?? 'GET';
  const begun = Date.now();
  const outcome = await egress.request({
    method,
    url: call.url,
    timeoutMs,
    ...withBody(call, method, key),
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
