import { z } from 'zod';
import type { ScheduleSpec } from '../../domain/oncall/schedule-spec.js';
import { clockTime, days, displayName, isDate, line, slug, timezone } from './fields.js';

const rotation = z
  .strictObject({
    every: z.int().min(1).max(1000).default(1),
    unit: z.enum(['hour', 'day', 'week']),
    handover: z
      .string()
      .regex(/^(?:(?:mon|tue|wed|thu|fri|sat|sun) )?(?:[01]\d|2[0-3]):[0-5]\d$/, {
        error: 'a time such as "mon 09:00" (weeks) or "09:00" (days)',
      })
      .optional()
      .meta({ description: '"mon 09:00" for weeks, "09:00" for days.', examples: ['mon 09:00'] }),
    start: z
      .string()
      .refine((text) => /^.{10}(?:T(?:[01]\d|2[0-3]):[0-5]\d)?$/.test(text) && isDate(text.slice(0, 10)), {
        error: 'a date in the zone of the schedule such as "2026-01-05" or "2026-01-05T09:00"',
      })
      .meta({
        description: 'First day of the rotation; the first person is on call from here.',
        examples: ['2026-01-05'],
      }),
  })
  .check((ctx) => {
    const { unit, handover } = ctx.value;
    const wrong = (message: string): void =>
      void ctx.issues.push({ code: 'custom', path: ['handover'], message, input: handover });
    if (unit === 'day' && handover?.includes(' ') === true) wrong('a time only for days, such as "09:00"');
    if (unit === 'hour' && handover !== undefined)
      wrong('hours have no handover: give the start a time, 2026-01-05T09:00');
  })
  .meta({ id: 'Rotation', description: 'Length and handover of shifts, by the wall clock of the schedule.' });

const restriction = z
  .strictObject({ days, from: clockTime, to: clockTime })
  .meta({ id: 'Restriction', description: 'Weekly hours; `to` at or before `from` ends on the next day.' });

const layer = z
  .strictObject({
    name: line(63),
    people: z
      .array(slug)
      .max(200)
      .meta({ description: 'In order of shifts; the same person may appear twice.' }),
    rotation,
    restrictions: z
      .array(restriction)
      .min(1)
      .max(50)
      .optional()
      .meta({ description: 'On call only in these hours.' }),
    skipEmpty: z
      .boolean()
      .optional()
      .meta({ description: 'Count only days (weeks, shifts of hours) that touch the restrictions.' }),
  })
  .meta({ id: 'ScheduleLayer' });

function isFrom(text: string): boolean {
  const clock =
    /^.{10}(?:T(?:[01]\d|2[0-3]):[0-5]\d(?:(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?)?$/.test(
      text,
    );
  return clock && isDate(text.slice(0, 10));
}

export const scheduleSpec = z
  .strictObject({
    displayName: displayName(),
    team: slug,
    timezone,
    from: z
      .string()
      .refine((text) => text === 'handover' || isFrom(text), {
        error:
          'a time in the zone of the schedule such as "2026-12-01T09:00", or an instant such as "2026-12-01T08:00:00Z", or "handover": when the shift that runs is over',
      })
      .optional()
      .meta({
        description:
          'From when this revision counts, in the zone of the schedule; until then the one before it stays. `handover`: when the shift that runs when it is applied is over. Default: when it is applied.',
        examples: ['2026-12-01T09:00'],
      }),
    layers: z.array(layer).min(1).max(20).meta({ description: 'The last that covers an instant wins.' }),
  })
  .check((ctx) => {
    const names = ctx.value.layers.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) !== index)
        ctx.issues.push({
          code: 'custom',
          path: ['layers', index, 'name'],
          message: `there is a layer "${name}" already`,
          input: name,
        });
    });
  })
  .meta({ id: 'ScheduleSpec', description: 'Who is on call when.' }) satisfies z.ZodType<ScheduleSpec>;
