/** Who is on call: now, in a range, and who would be paged. */
import { z } from 'zod';
import { duration, priority, slug } from '../config/fields.js';
import { Instant } from './common.js';

export const OnCallReply = z
  .object({
    items: z.array(
      z.looseObject({
        team: z.string(),
        schedule: z.string(),
        person: z.string().nullable(),
        until: Instant.nullable(),
        next: z.object({ person: z.string(), from: Instant }).nullable(),
      }),
    ),
  })
  .meta({ id: 'OnCall' });
export type OnCallReply = z.output<typeof OnCallReply>;

const YEAR_MS = 366 * 24 * 3_600_000;

export const ShiftsQuery = z
  .strictObject({ from: Instant, to: Instant })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'an instant after from',
  })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= YEAR_MS, {
    path: ['to'],
    error: 'at most a year after from',
  })
  .meta({ id: 'ShiftsQuery' });
export type ShiftsQuery = z.output<typeof ShiftsQuery>;

/** Items never overlap and with the gaps cover the whole range. */
export const ShiftsReply = z
  .object({
    items: z.array(
      z.looseObject({
        from: Instant,
        to: Instant,
        person: z.string(),
        source: z.string().meta({ description: 'Layer, or "override".' }),
      }),
    ),
    gaps: z.array(z.object({ from: Instant, to: Instant })),
    timezone: z.string(),
    tzdata: z.string(),
  })
  .meta({ id: 'Shifts' });
export type ShiftsReply = z.output<typeof ShiftsReply>;

/** `POST /api/v1/policies/:name/simulate`. */
export const SimulateBody = z
  .strictObject({
    at: Instant,
    priority,
    service: slug.optional(),
    answers: z
      .array(z.strictObject({ person: slug, after: duration }))
      .max(100)
      .default([]),
  })
  .meta({ id: 'SimulatePolicy' });
export type SimulateBody = z.output<typeof SimulateBody>;

const rung = { at: Instant, cycle: z.int(), step: z.int() };

export const SimulateReply = z
  .looseObject({
    pages: z.array(
      z.looseObject({
        ...rung,
        person: z.string(),
        contact: z.string(),
        channel: z.string(),
        because: z.string(),
      }),
    ),
    skipped: z.array(z.looseObject({ ...rung, reason: z.string() })),
    acknowledged: z.object({ by: z.string(), at: Instant }).nullable(),
    exhausted: z.boolean(),
  })
  .meta({ id: 'Simulation' });
export type SimulateReply = z.output<typeof SimulateReply>;
