import { z } from 'zod';
import type { DrillExpectation, DrillInjection, DrillSpec } from '../../domain/drill/drill-spec.js';
import {
  cronSchedule,
  displayName,
  dueIn,
  duration,
  line,
  positiveDuration,
  priority,
  severity,
  slug,
} from './fields.js';
import { oneKind } from './one-kind.js';

const after = duration.optional().meta({ description: 'Elapsed since the start; default at once.' });

const injection = z
  .union(
    [
      z.strictObject({
        after,
        alert: z.strictObject({
          title: line(1024),
          severity: severity.default('critical'),
          dedupKey: line(255).optional(),
        }),
      }),
      z.strictObject({
        after,
        silence: z.strictObject({ person: slug }).meta({ description: 'This person does not answer.' }),
      }),
    ],
    { error: oneKind(['alert', 'silence']) },
  )
  .meta({ id: 'DrillInjection' }) satisfies z.ZodType<DrillInjection>;

const weight = z
  .number()
  .positive()
  .max(100)
  .optional()
  .meta({ description: 'Share of the score; default 1.' });

const expectation = z
  .union(
    [
      z.strictObject({ acknowledgedWithin: positiveDuration, weight }),
      z.strictObject({ runbook: slug, finishedWithin: positiveDuration, weight }),
      z.strictObject({ resolvedWithin: positiveDuration, weight }),
      z.strictObject({ reviewedWithin: dueIn, weight }),
    ],
    { error: oneKind(['acknowledgedWithin', 'runbook', 'resolvedWithin', 'reviewedWithin']) },
  )
  .meta({ id: 'DrillExpectation' }) satisfies z.ZodType<DrillExpectation>;

export const drillSpec = z
  .strictObject({
    displayName: displayName(),
    service: slug,
    schedule: cronSchedule.nullable().default(null).meta({ description: 'null: started by hand.' }),
    surprise: z
      .literal(true, {
        error: 'not supported yet: drills cannot be announced; use true or leave it out',
      })
      .default(true)
      .meta({ description: 'The drill is not announced. Announced drills (false) are not supported yet.' }),
    inject: z.array(injection).min(1).max(50),
    expect: z.array(expectation).max(50).default([]),
    abortOn: z
      .strictObject({ realIncident: z.array(priority).max(5).default(['P1', 'P2']) })
      .default({ realIncident: ['P1', 'P2'] })
      .meta({ description: 'A real incident of these priorities ends the drill.' }),
    maxDuration: positiveDuration.default('1h'),
  })
  .check((ctx) => {
    if (!ctx.value.inject.some((one) => 'alert' in one))
      ctx.issues.push({
        code: 'custom',
        path: ['inject'],
        message: 'at least one alert: without it there is nothing to answer',
        input: ctx.value.inject,
      });
  })
  .meta({ id: 'DrillSpec', description: 'A rehearsal on the real code.' }) satisfies z.ZodType<DrillSpec>;
