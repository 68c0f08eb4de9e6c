/** Bodies of `POST /api/v1/incidents` and `POST /api/v1/incidents/:id/<command>`. */
import { z } from 'zod';
import { duration, line, longText, priority, severity, slug } from '../config/fields.js';
import { actingFor, comment, Instant } from './common.js';

const person = actingFor;
export const position = z.string().max(4000).optional().meta({
  description:
    '`position` of the incident as it was when this was decided: when others have changed it since, nothing is done (409 `moved_on`).',
});

export const DeclareBody = z
  .strictObject({
    title: line(1024).meta({ description: 'What is wrong, in one line. Enough by itself.' }),
    service: slug.nullish(),
    priority: priority.optional().meta({ description: 'Decided from severity and tier when left out.' }),
    severity: severity.optional(),
    description: longText(2000).optional(),
    person,
  })
  .meta({ id: 'DeclareIncident' });
export type DeclareBody = z.output<typeof DeclareBody>;

export const AcknowledgeBody = z.strictObject({ person, position, comment }).meta({ id: 'Acknowledge' });
export type AcknowledgeBody = z.output<typeof AcknowledgeBody>;

export const ReasonBody = z
  .strictObject({ person, position, reason: comment })
  .meta({ id: 'Reason', description: 'reopen, cancel.' });
export type ReasonBody = z.output<typeof ReasonBody>;

export const UnacknowledgeBody = z
  .strictObject({
    person,
    position,
    reason: comment,
    step: z
      .int()
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'Step at which escalation starts; default the first.' }),
    to: slug
      .optional()
      .meta({ description: 'Reassigns the incident to this person, who is paged before the first step.' }),
  })
  .refine(({ step, to }) => step === undefined || to === undefined, {
    error: 'either step or to, not both',
    path: ['to'],
  })
  .meta({ id: 'Unacknowledge' });
export type UnacknowledgeBody = z.output<typeof UnacknowledgeBody>;

export const EscalateBody = z
  .strictObject({
    person,
    position,
    reason: comment,
    step: z.int().min(1).max(20).optional().meta({ description: 'From 1; default the next one.' }),
    escalation: slug.optional().meta({ description: 'Team whose escalation is meant; default all.' }),
  })
  .meta({ id: 'Escalate' });
export type EscalateBody = z.output<typeof EscalateBody>;

export const SnoozeBody = z
  .union(
    [
      z.strictObject({ person, position, until: Instant }),
      z.strictObject({ person, position, for: duration }),
    ],
    {
      error: 'until (an instant) or for (a duration such as 1h) is needed',
    },
  )
  .meta({ id: 'Snooze' });
export type SnoozeBody = z.output<typeof SnoozeBody>;

export const ResolveBody = z.strictObject({ person, position, comment }).meta({ id: 'Resolve' });
export type ResolveBody = z.output<typeof ResolveBody>;

export const NoteBody = z.strictObject({ person, position, text: longText(2000) }).meta({ id: 'Note' });
export type NoteBody = z.output<typeof NoteBody>;

export const PriorityBody = z
  .strictObject({ person, position, priority, reason: comment })
  .meta({ id: 'SetPriority' });
export type PriorityBody = z.output<typeof PriorityBody>;

export const RoleBody = z
  .strictObject({
    position,
    role: slug.meta({ description: 'commander, scribe or any own name.' }),
    person: slug,
  })
  .meta({ id: 'AssignRole' });
export type RoleBody = z.output<typeof RoleBody>;

export const MergeBody = z
  .strictObject({
    person,
    position,
    into: z.string().min(1).max(64).meta({ description: 'Id or number (INC-42) of the one that stays.' }),
  })
  .meta({ id: 'Merge' });
export type MergeBody = z.output<typeof MergeBody>;
