/** What a subscription is told of one event: the event, and the incident as it was right after it. Stored with the delivery. */
import type { ConfigSnapshot, Priority, Urgency } from '../config/specs.js';
import { describeEvent } from '../incident/describe-event.js';
import type { IncidentEvent } from '../incident/events.js';
import type { IncidentResponse } from '../incident/response.js';
import type { Actor, IncidentState, IncidentStatus } from '../incident/state.js';

/** Something that has a document: its name in the configuration, and how people call it. */
export interface NamedRef {
  name: string;
  title: string;
}

/** A retry hours later must not tell of a later incident: a receiver would see "opened" with status resolved. */
export interface IncidentThen {
  title: string;
  priority: Priority;
  priorityReasons: string[];
  status: IncidentStatus;
  urgency: Urgency;
  service: NamedRef | null;
  team: NamedRef;
  /** The policy of the first track. */
  policy: string | null;
  /** Who has it; while nobody does, who was paged. */
  assignees: NamedRef[];
}

export interface AnnouncedEvent {
  seq: number;
  kind: IncidentEvent['kind'];
  /** ISO 8601. */
  at: string;
  actor: Actor;
  /** The person for whom a key acted. */
  onBehalfOf?: string;
  /** Display name of the actor, when it is a person. */
  actorName: string | null;
  /** The same as a sentence. */
  text: string;
  data: Record<string, unknown>;
}

export function announcedEvent(event: IncidentEvent, snapshot: ConfigSnapshot): AnnouncedEvent {
  const { seq, kind, at, actor, onBehalfOf, data } = event;
  const nameOf = (person: string): string => snapshot.get('Person', person)?.spec.displayName ?? person;
  return {
    seq,
    kind,
    at,
    actor,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    actorName: snapshot.get('Person', actor)?.spec.displayName ?? null,
    text: describeEvent(event, nameOf),
    data: { ...data },
  };
}

/** `state`: the fold up to and with the event. */
export function incidentThen(
  state: IncidentState,
  response: Pick<IncidentResponse, 'urgency' | 'tracks'>,
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
    policy: response.tracks[0]?.policy.name ?? null,
    assignees: [...people].map((person) => personRef(snapshot, person)),
  };
}

export const personRef = (snapshot: ConfigSnapshot, name: string): NamedRef =>
  refTo(snapshot, 'Person', name);

const refTo = (snapshot: ConfigSnapshot, kind: 'Person' | 'Service' | 'Team', name: string): NamedRef => ({
  name,
  title: snapshot.get(kind, name)?.spec.displayName ?? name,
});
