/** Makes events of the facts that a decision states. */
import type { IncidentEvent, IncidentFact } from '../../domain/incident/events.js';
import type { Actor } from '../../domain/incident/state.js';
import { jsonbSafe } from '../../domain/shared/jsonb-safe.js';

export function numbered(
  facts: IncidentFact[],
  { after, at }: { after: number; at: string },
  { actor, onBehalfOf }: { actor: Actor; onBehalfOf?: string | undefined },
): IncidentEvent[] {
  return jsonbSafe(facts).map((fact, index) => ({
    ...fact,
    seq: after + 1 + index,
    at,
    actor,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  }));
}
