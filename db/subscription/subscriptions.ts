/**
 * Events for subscriptions: one ledger row per matching subscription, planned in the event's own transaction. These
 * rows are no messages to people: no link, no person, no part in paging. `dispatch/queue-sender.ts` sends them.
 */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { ConfigDocument, ConfigSnapshot } from '../../domain/config/specs.js';
import { priorityClassNumber, priorityClassOf } from '../../domain/delivery/priority-classes.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { foldEvents } from '../../domain/incident/fold.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { announcedEvent, incidentThen, personRef } from '../../domain/subscription/announced-event.js';
import type { Announcement } from '../../domain/subscription/announcement.js';
import { isAbout, wantsKind } from '../../domain/subscription/is-wanted.js';
import { pagerdutyEvents } from '../../domain/subscription/pagerduty-event.js';
import { ledgerKey, type PlannedDelivery } from '../delivery/ledger.js';

type Subscription = ConfigDocument<'Subscription'>;

export interface RecordedEvents {
  /** State before the first of the events; null (with `id`) when that event opens the incident. */
  before: IncidentState | null;
  id?: string;
  events: IncidentEvent[];
  response: Pick<IncidentResponse, 'urgency' | 'escalations'>;
  now: string;
}

/** Without any subscription this costs one list lookup. */
export async function announceEvents(
  tx: EntityManager,
  snapshot: ConfigSnapshot,
  { before, id = before?.id ?? '', events, response, now }: RecordedEvents,
): Promise<void> {
  const subscriptions = snapshot.list('Subscription');
  if (subscriptions.length === 0 || events.length === 0) return;
  const planned: PlannedDelivery[] = [];
  let state = before;
  for (const event of events) {
    state = foldEvents(id, state, [event]);
    const about = state;
    const wanting = subscriptions.filter(({ spec }) => isAbout(spec, about) && wantsKind(spec, event.kind));
    if (wanting.length === 0) continue;
    const told = {
      event: announcedEvent(event, snapshot),
      asOf: incidentThen(state, response, snapshot),
    };
    planned.push(...wanting.flatMap((one) => rowsOf(one, id, event, told, snapshot)));
  }
  await insert(tx, id, now, planned);
}

function rowsOf(
  { name, spec }: Subscription,
  incident: string,
  event: IncidentEvent,
  told: Omit<Announcement, 'pagerduty'>,
  snapshot: ConfigSnapshot,
): PlannedDelivery[] {
  const id = `${incident}/${event.seq}`;
  const common = {
    type: 'incident.event',
    escalation: null,
    cycle: 0,
    step: 0,
    person: `subscription/${name}`,
    contact: 'hook',
    // Orders the deliveries to one receiver about one incident.
    rule: event.seq,
    address: spec.url,
    afterMs: 0,
  } as const;
  if (spec.format === 'standard')
    return [{ ...common, channel: 'webhook', subject: { id, ...told, pagerduty: null } }];
  return pagerdutyEvents(event).map(({ type, person }) => ({
    ...common,
    channel: 'pagerduty-webhook',
    subject: {
      id: person === null ? id : `${id}/${person}`,
      ...told,
      pagerduty: { type, person: person === null ? null : personRef(snapshot, person) },
    },
  }));
}

async function insert(
  tx: EntityManager,
  incidentId: string,
  now: string,
  planned: PlannedDelivery[],
): Promise<void> {
  if (planned.length === 0) return;
  const rows = planned.map((one) => ({ ...one, id: randomUUID(), key: ledgerKey(incidentId, one) }));
  await tx.query(
    `WITH row AS (
       INSERT INTO delivery (id, key, incident_id, type, subject, escalation, cycle, step, person, contact, rule, channel, address,
         state, due_at, attempts, created_at, updated_at, priority_class)
       SELECT id, key, $1, type, subject, NULL, cycle, step, person, contact, rule, channel, address,
         'planned', $3, 0, $3, $3, $4
         FROM jsonb_to_recordset($2::jsonb) AS d (id uuid, key text, type text, subject jsonb, cycle int, step int, person text,
           contact text, rule int, channel text, address text)
       ON CONFLICT (key) DO NOTHING)
     SELECT pg_notify('tocsin_announced', '')`,
    [incidentId, JSON.stringify(rows), now, priorityClassNumber(priorityClassOf('incident.event'))],
  );
}
