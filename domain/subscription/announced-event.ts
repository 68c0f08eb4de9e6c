/** Content sent to a subscription for one event: the event, and the incident right after it. Stored with the delivery. */
import { displayNamesIn } from '../config/display-names.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { Priority, Urgency } from '../config/terms.js';
import { describeEvent } from '../incident/describe-event.js';
import { namesFrom } from '../people/spoken.js';
import type { IncidentEvent } from '../incident/events.js';
import type { IncidentResponse } from '../incident/response.js';
import type { Actor, IncidentState, IncidentStatus } from '../incident/state.js';

/** A reference to a document: its name in the configuration and its display title. */
export interface NamedRef {
  name: string;
  title: string;
}

/**
 * The incident's state at the event: a retry hours later must not send a later state, or a receiver would see "opened" with
 * status resolved.
 */
export interface IncidentThen {
  title: string;
  priority: Priority;
  priorityReasons: string[];
  status: IncidentStatus;
  urgency: Urgency;
  service: NamedRef | null;
  team: NamedRef;
  /** The policy of the first escalation. */
  policy: string | null;
  /** The people who acknowledged; without an acknowledgement, the people paged. */
  assignees: NamedRef[];
}

export interface AnnouncedEvent {
  seq: number;
  kind: IncidentEvent['kind'];
  /** ISO 8601. */
  at: string;
  actor: Actor;
  /** The person that an API key acted for. */
  onBehalfOf?: string;
  /** Display name of the actor, when it is a person. */
  actorName: string | null;
  /** The event as a sentence. */
  text: string;
  data: Record<string, unknown>;
}

export function announcedEvent(event: IncidentEvent, snapshot: ConfigSnapshot): AnnouncedEvent {
  const { seq, kind, at, actor, onBehalfOf, data } = event;
  return {
    seq,
    kind,
    at,
    actor,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    actorName: snapshot.get('Person', actor)?.spec.displayName ?? null,
    text: describeEvent(event, namesFrom(displayNamesIn(snapshot))),
    data: { ...data },
  };
}

/** `state`: the fold up to and including the event. */
export function incidentThen(
  state: IncidentState,
  response: Pick<IncidentResponse, 'urgency' | 'escalations'>,
  snapshot: ConfigSnapshot,
): IncidentThen {
  const paged = state.responders.filter(({ pagedAt }) => pagedAt !== null);
  const have = state.responders.filter(({ acknowledgedAt }) => acknowledgedAt !== null);
  const people = new Set((have.length > 0 ? have : paged).map(({ person }) => person));
  return {
    title: state.title,
    priority: state.priority,
    priorityReasons: state.priorityReasons,
    status: state.status,
    urgency: response.urgency,
    service: state.service === null ? null : refTo(snapshot, 'Service', state.service),
    team: refTo(snapshot, 'Team', state.team),
    policy: response.escalations[0]?.policy.name ?? null,
    assignees: [...people].map((person) => personRef(snapshot, person)),
  };
}

export const personRef = (snapshot: ConfigSnapshot, name: string): NamedRef =>
  refTo(snapshot, 'Person', name);

const refTo = (snapshot: ConfigSnapshot, kind: 'Person' | 'Service' | 'Team', name: string): NamedRef => ({
  name,
  title: snapshot.get(kind, name)?.spec.displayName ?? name,
});
