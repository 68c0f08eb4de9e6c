/** Maps rows of `incident_event` to events. The rows were written from `IncidentEvent` and never change. */
import type { IncidentEvent } from '../../domain/incident/events.js';

export interface EventRow {
  seq: number;
  at: Date;
  actor: string;
  onBehalfOf: string | null;
  kind: string;
  data: unknown;
}

export const EVENT_COLUMNS = 'seq, at, actor, on_behalf_of AS "onBehalfOf", kind, data';

export const toEvent = ({ seq, at, actor, onBehalfOf, kind, data }: EventRow): IncidentEvent =>
  ({
    seq,
    at: at.toISOString(),
    actor,
    ...(onBehalfOf === null ? {} : { onBehalfOf }),
    kind,
    data,
  }) as IncidentEvent;
