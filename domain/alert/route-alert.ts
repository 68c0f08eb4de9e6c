/** Finds an alert's service: the source's routes (first match wins), its fixed service, or the alert's `service` label. */
import { alertFacts } from './alert-facts.js';
import type { SourceSpec } from './source-spec.js';
import type { ConfigSnapshot } from '../config/specs.js';
import { evaluateCondition } from '../rules/condition.js';
import type { Reason } from './decide-signal.js';
import type { AlertSignal } from './signal.js';

export interface Route {
  service: string | null;
  reason: Reason;
}

const mapped = (service: string | null, decision: string, text: string): Route => ({
  service,
  reason: { stage: 'mapping', decision, text },
});

export function routeAlert(
  spec: Pick<SourceSpec, 'service' | 'routes'> & { source: string },
  signal: AlertSignal,
  snapshot: ConfigSnapshot,
): Route {
  const alert = alertFacts(spec.source, signal);
  for (const route of spec.routes ?? []) {
    // A route whose condition cannot be evaluated on this alert (a missing label) does not match; the next one is tried.
    if (evaluateCondition(route.if, 'route', { alert }, false))
      return mapped(route.service, 'route', `route matched: ${route.if}`);
  }
  if (spec.service !== undefined)
    return mapped(spec.service, 'service', `the source belongs to ${spec.service}`);
  const named = signal.labels['service'];
  if (named !== undefined && snapshot.get('Service', named) !== undefined)
    return mapped(named, 'label', `the alert names the service ${named}`);
  return mapped(
    null,
    'none',
    'no route matched and the alert names no known service: the organisation catch-all answers',
  );
}
