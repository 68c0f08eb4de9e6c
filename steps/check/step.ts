/** `check`: a read-only check, which runs in simulations too. */
import type { CheckSpec } from '../../domain/config/terms.js';
import { render, type TemplateScope } from '../../domain/runbook/expressions.js';
import { type ActingRules, DEFAULT_TIMEOUT_MS } from '../../domain/runbook/step-rules.js';
import { renderCheckHost, renderUrl } from '../../domain/runbook/url-template.js';

export interface RenderedCheck {
  kind: 'check';
  check: CheckSpec;
  timeoutMs: number;
}

export const check: ActingRules<'effect', CheckSpec, RenderedCheck> = {
  endedBy: 'effect',
  needsValues: true,
  isRepeatable: () => true,
  render: (spec, { scope, hosts, limitMs }) => ({
    kind: 'check',
    check: scope === null ? spec : renderCheck(spec, scope, hosts),
    timeoutMs: limitMs ?? DEFAULT_TIMEOUT_MS,
  }),
};

/** The target of a check follows the same rule as that of a request. */
function renderCheck(spec: CheckSpec, scope: TemplateScope, hosts?: readonly string[]): CheckSpec {
  const host = (text: string): string => renderCheckHost(text, scope, hosts);
  if ('http' in spec) {
    const { http, ...rest } = spec;
    return { ...(render(rest, scope) as typeof rest), http: renderUrl(http, scope, hosts) };
  }
  const filled = render(spec, scope) as typeof spec;
  if ('dns' in spec) return { ...filled, dns: host(spec.dns) } as CheckSpec;
  if ('tls' in spec) return { ...filled, tls: host(spec.tls) } as CheckSpec;
  return { ...filled, tcp: host(spec.tcp) } as CheckSpec;
}
