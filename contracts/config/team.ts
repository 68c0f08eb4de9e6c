import { z } from 'zod';
import type { TeamSpec } from '../../domain/people/person-spec.js';
import { clockTime, date, days, line, slug, slugs, timezone } from './fields.js';

const calendar = z
  .strictObject({
    days: days.meta({ description: 'Working days.' }),
    from: clockTime,
    to: clockTime,
    holidays: z.array(date).max(500).default([]).meta({ description: 'Dates on which nobody works.' }),
  })
  .meta({ id: 'Calendar', description: 'Business hours; deadlines in business days are counted in it.' });

export const teamSpec = z
  .strictObject({
    displayName: line(),
    discipline: slug.default('development').meta({
      description:
        'development, infrastructure, security, support or any own name; response plans engage teams by it.',
    }),
    timezone,
    members: slugs().default([]).meta({ description: 'People (kind Person), in order.' }),
    managers: slugs().default([]),
    calendar: calendar.optional(),
  })
  .meta({
    id: 'TeamSpec',
    description: 'A group of people who answer for services.',
  }) satisfies z.ZodType<TeamSpec>;
