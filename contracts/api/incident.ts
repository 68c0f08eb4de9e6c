/** Replies about an incident. Loose: members may be added, existing ones stay. */
import { z } from 'zod';
import { priority, slug } from '../config/fields.js';
import { Instant, PageQuery, pageOf } from './common.js';

const nullable = z.string().nullable();
const at = Instant.nullable();

export const IncidentReply = z
  .looseObject({
    id: z.uuid(),
    number: z.string(),
    title: z.string(),
    service: nullable,
    priority,
    priorityReasons: z.array(z.string()),
    status: z.enum(['triggered', 'acknowledged', 'resolved', 'closed']),
    drill: z.boolean(),
    commander: nullable,
    responders: z.array(
      z.looseObject({
        person: z.string(),
        team: z.string(),
        discipline: z.string(),
        required: z.boolean(),
        acknowledgedAt: at,
      }),
    ),
    alertsOpen: z.int(),
    alertsTotal: z.int(),
    stillFiring: z.int().meta({
      description:
        'Alerts that fire now; after a person resolved it, those that fired then: their next message opens it again.',
    }),
    resolvesAt: at.meta({
      description: 'Time at which it resolves by itself: all alerts have closed while a person has it.',
    }),
    nextUpdateDue: at.meta({
      description:
        'Time at which the response plan wants the next update, also when it has passed; null: none.',
    }),
    postmortemStatus: z.enum(['none', 'draft', 'in_review', 'changes_requested', 'approved', 'waived']),
    reviewKind: z.enum(['full', 'light', 'digest', 'none']).meta({
      description: 'How heavily it is reviewed; while it is open, as its priority stands.',
    }),
    escalation: z.looseObject({ cycle: z.int(), step: z.int(), nextAt: at, exhausted: z.boolean() }),
    createdAt: Instant,
    acknowledgedAt: at,
    resolvedAt: at,
    closedAt: at,
    position: z.string().meta({
      description:
        'Position of the incident: a command sent with it is refused (409 `moved_on`) when the incident has changed since.',
    }),
  })
  .meta({ id: 'Incident' });
export type IncidentReply = z.output<typeof IncidentReply>;

export const IncidentsReply = pageOf(IncidentReply).meta({ id: 'Incidents' });
export type IncidentsReply = z.output<typeof IncidentsReply>;

const TimelineItem = z
  .looseObject({
    seq: z.int(),
    at: Instant,
    kind: z.string().meta({ description: 'A stable past-tense word: opened, paged, acknowledged, …' }),
    actor: z.string(),
    /** The person for whom an API key acted; the actor is the key. */
    onBehalfOf: z.string().nullable(),
    text: z.string().meta({ description: 'The same as a sentence.' }),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineItem' });
export const TimelineReply = pageOf(TimelineItem).meta({ id: 'Timeline' });
export type TimelineReply = z.output<typeof TimelineReply>;

const DeliveryItem = z
  .looseObject({
    id: z.string(),
    person: z.string(),
    channel: z.string(),
    address: z.string().meta({ description: 'Masked.' }),
    step: z.int(),
    cycle: z.int(),
    state: z.enum(['planned', 'sending', 'accepted', 'delivered', 'failed', 'exhausted', 'suppressed']),
    attempts: z.array(
      z.looseObject({
        at: Instant,
        outcome: nullable.meta({
          description:
            'accepted, failed, ambiguous (outcome unknown); null while it is under way or when its sender crashed.',
        }),
        provider: nullable,
        error: nullable.meta({
          description: 'Error reported by the provider, or the reason why it could not be reached.',
        }),
        possibleDuplicate: z
          .boolean()
          .meta({ description: 'An earlier attempt may have reached the person; the message says so.' }),
      }),
    ),
    reason: nullable,
    held: nullable.meta({ description: 'Reason for delaying the message: a rate limit or quiet hours.' }),
    bundledInto: nullable.meta({ description: 'The incident whose page names this one too.' }),
    receipt: nullable.meta({
      description: 'delivered, read, failed, bounced; missing when none came in time.',
    }),
    dueAt: at,
  })
  .meta({ id: 'Delivery' });
/** Without `type`: messages to people; `incident.event`: messages to subscriptions. */
export const DeliveriesQuery = PageQuery.extend({
  type: z
    .string()
    .regex(/^[a-z]+\.[a-z_]+$/, { error: 'a type of message such as page.requested or incident.event' })
    .max(60)
    .optional()
    .meta({ description: 'Only this type; left out: all that went to people.' }),
}).meta({ id: 'DeliveriesQuery' });
export type DeliveriesQuery = z.output<typeof DeliveriesQuery>;

export const DeliveriesReply = z.looseObject({ items: z.array(DeliveryItem) }).meta({ id: 'Deliveries' });
export type DeliveriesReply = z.output<typeof DeliveriesReply>;

const verdict = z.enum(['paged', 'pending', 'not_reached', 'not_paged']);

export const WhyQuery = z
  .strictObject({
    person: slug.optional().meta({ description: 'Left out: every person named by a step or a message.' }),
  })
  .meta({ id: 'WhyQuery' });
export type WhyQuery = z.output<typeof WhyQuery>;

/** Explains in sentences from the record why a person was, or was not, paged. */
export const WhyReply = z
  .object({
    items: z.array(
      z.looseObject({
        person: z.string(),
        verdict,
        summary: z.string(),
        sentences: z.array(z.object({ at, text: z.string() })),
      }),
    ),
  })
  .meta({ id: 'Why' });

export const PersonDeliveriesQuery = PageQuery.extend({
  from: Instant.optional(),
  to: Instant.optional().meta({ description: 'Not included.' }),
}).meta({ id: 'PersonDeliveriesQuery' });
export type PersonDeliveriesQuery = z.output<typeof PersonDeliveriesQuery>;

export const PersonDeliveriesReply = pageOf(
  DeliveryItem.extend({
    incident: z
      .looseObject({ number: z.string(), title: z.string(), priority, drill: z.boolean() })
      .nullable(),
  }),
).meta({ id: 'PersonDeliveries' });
