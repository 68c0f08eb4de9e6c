/** The person on call, now and in a range, and the people a page would reach. */
import { z } from 'zod';
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

/** A calendar month in the schedule's zone. */
export const MonthQuery = z
  .strictObject({
    month: z
      .string()
      .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'a month such as 2026-11')
      .meta({ description: 'YYYY-MM' }),
  })
  .meta({ id: 'MonthQuery' });
export type MonthQuery = z.output<typeof MonthQuery>;

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
