/** `http`: one request. Each value in it is escaped for its position. */
import { render, type TemplateScope } from '../../domain/runbook/expressions.js';
import { encodedPart } from '../../domain/runbook/secret-marker.js';
import { type ActingRules, DEFAULT_TIMEOUT_MS } from '../../domain/runbook/step-rules.js';
import { asText } from '../../domain/runbook/template.js';
import { splitTemplate } from '../../domain/runbook/template-text.js';
import { renderUrl } from '../../domain/runbook/url-template.js';

export interface HttpCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Accepted statuses; default any 2xx. */
  expect?: number[];
}

export interface RenderedHttp {
  kind: 'http';
  call: HttpCall;
  timeoutMs: number;
}

export const http: ActingRules<'effect', HttpCall, RenderedHttp> = {
  endedBy: 'effect',
  isExternal: true,
  isRepeatable: ({ method = 'GET' }) => method === 'GET' || method === 'HEAD',
  render: (call, { scope, hosts, limitMs }) => ({
    kind: 'http',
    call: scope === null ? call : renderCall(call, scope, hosts),
    timeoutMs: limitMs ?? DEFAULT_TIMEOUT_MS,
  }),
};

const isForm = ({ headers = {} }: HttpCall): boolean =>
  Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /x-www-form-urlencoded/i.test(value),
  );

function renderCall(call: HttpCall, scope: TemplateScope, hosts?: readonly string[]): HttpCall {
  const { url, body, ...rest } = call;
  return {
    ...(render(rest, scope) as typeof rest),
    url: renderUrl(url, scope, hosts),
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' && isForm(call) ? formText(body, scope) : render(body, scope) }),
  };
}

/** `a=${{ x }}&b=1`: a value belongs to one field and cannot start another. */
function formText(template: string, scope: TemplateScope): string {
  const split = splitTemplate(template);
  if (split.kind === 'refused') return template;
  return split.parts
    .map((part) =>
      part.kind === 'text' ? part.text : encodedPart(asText(render(`\${{${part.source}}}`, scope))),
    )
    .join('');
}
