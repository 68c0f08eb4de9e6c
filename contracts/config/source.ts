import { z } from 'zod';
import { mayAcknowledge } from '../../domain/alert/may-acknowledge.js';
import type { SourceFormat, SourceSpec } from '../../domain/alert/source-spec.js';
import { nextSlot } from '../../domain/shared/cron-slot.js';
import { variablesOf } from '../../domain/rules/variables.js';
import { condition } from './condition.js';
import { cronSchedule, duration, isAtLeast, severity, slug, staleAfter } from './fields.js';
import { oneKind } from './one-kind.js';

const formats: readonly SourceFormat[] = ['pagerduty-v2', 'alertmanager', 'grafana', 'generic', 'heartbeat'];

const ingestKey = z
  .string()
  .regex(/^[a-z0-9]{32}$/, { error: 'exactly 32 characters a-z and 0-9; leave it out to have one made' })
  .meta({ id: 'IngestKey', description: '32 characters a-z and 0-9, usable as a PagerDuty routing key.' });

/** Shorter intervals would be judged by the delays of the network. */
const LEAST_INTERVAL = '30s';
const interval = duration.refine((text) => isAtLeast(text, LEAST_INTERVAL), {
  error: `a duration of at least ${LEAST_INTERVAL}`,
});

const expect = z
  .union(
    [
      z.strictObject({ every: interval }),
      cronSchedule.refine(({ cron }) => nextSlot(cron, 0) !== null, {
        error: 'a crontab line that matches some minute, such as "0 3 * * *"',
        path: ['cron'],
      }),
    ],
    { error: oneKind(['every', 'cron']) },
  )
  .meta({
    id: 'HeartbeatInterval',
    description: 'When a ping is expected: {every: 1h}, or {cron: "0 3 * * *", timezone: Europe/Berlin}.',
  });

/** Fields that say nothing about a heartbeat, whose pings carry no alerts. */
const OF_ALERTS = ['routes', 'acknowledge', 'stormAfter', 'quietAfter', 'staleAfter'] as const;
const OF_HEARTBEATS = ['expect', 'grace'] as const;

function checkFormat(spec: Partial<SourceSpec>, refuse: (field: string, message: string) => void): void {
  if (spec.format !== 'heartbeat') {
    for (const field of OF_HEARTBEATS)
      if (spec[field] !== undefined)
        refuse(
          field,
          `is for heartbeats (format: heartbeat); quietAfter says when a source of alerts is late`,
        );
    return;
  }
  if (spec.expect === undefined)
    refuse('expect', 'a heartbeat needs it: {every: 1h} or {cron: "0 3 * * *", timezone: Europe/Berlin}');
  if (spec.service === undefined) refuse('service', 'a heartbeat needs it: whose service is late?');
  for (const field of OF_ALERTS)
    if (spec[field] !== undefined)
      refuse(field, 'is for sources of alerts; a heartbeat has expect and grace');
}

export const sourceSpec = z
  .strictObject({
    format: z.enum(formats),
    service: slug
      .optional()
      .meta({ description: 'The service of all its alerts, or of those no route matches.' }),
    routes: z
      .array(
        z
          .strictObject({
            if: condition(variablesOf.route).meta({
              description: 'CEL over `alert`.',
              examples: ["alert.labels.team == 'payments'"],
            }),
            service: slug,
          })
          .meta({ id: 'Route' }),
      )
      .max(200)
      .optional()
      .meta({ description: 'The first whose condition is true wins.' }),
    acknowledge: z
      .boolean()
      .optional()
      .meta({ description: 'May this sender acknowledge incidents? Default: true for pagerduty-v2.' }),
    severity: severity.optional().meta({
      description: 'Of messages without a usable one; error when left out.',
    }),
    stormAfter: z.int().min(1).max(1_000_000).optional().meta({
      description:
        'New incidents of one service within ten minutes before the rest is folded into one; 50 when left out.',
    }),
    expect: expect.optional(),
    grace: duration.optional().meta({
      description:
        'Heartbeats: lateness of a ping that is still in time, and the longest time from start to end of a run; 5m when left out.',
    }),
    quietAfter: interval.optional().meta({
      description:
        'A source not heard from for this long is an alert; not for heartbeats, which have `expect`.',
    }),
    staleAfter: staleAfter.optional().meta({
      description:
        'An alert of which no message came for this long is closed as stale. For senders that repeat what fires; a sender that speaks once would lose its alerts.',
    }),
    key: ingestKey
      .optional()
      .meta({ description: 'Ingest key; made and shown once when left out.', writeOnly: true }),
  })
  .superRefine((spec, context) =>
    checkFormat(spec, (field, message) => context.addIssue({ code: 'custom', path: [field], message })),
  )
  .transform((spec): SourceSpec =>
    spec.format === 'heartbeat' ? spec : { ...spec, acknowledge: mayAcknowledge(spec) },
  )
  .meta({ id: 'SourceSpec', description: 'A sender of alerts.' }) satisfies z.ZodType<SourceSpec>;
