import { z } from 'zod';
import { mayAcknowledge } from '../../domain/alert/may-acknowledge.js';
import type { SourceFormat, SourceSpec } from '../../domain/alert/source-spec.js';
import { variablesOf } from '../../domain/rules/variables.js';
import { condition } from './condition.js';
import { severity, slug } from './fields.js';

const formats: readonly SourceFormat[] = ['pagerduty-v2', 'alertmanager', 'grafana', 'generic'];

const ingestKey = z
  .string()
  .regex(/^[a-z0-9]{32}$/, { error: 'exactly 32 characters a-z and 0-9; leave it out to have one made' })
  .meta({ id: 'IngestKey', description: '32 characters a-z and 0-9, usable as a PagerDuty routing key.' });

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
    key: ingestKey
      .optional()
      .meta({ description: 'Ingest key; made and shown once when left out.', writeOnly: true }),
  })
  .transform((spec): SourceSpec => ({
    ...spec,
    acknowledge: mayAcknowledge(spec),
  }))
  .meta({ id: 'SourceSpec', description: 'A sender of alerts.' }) satisfies z.ZodType<SourceSpec>;
