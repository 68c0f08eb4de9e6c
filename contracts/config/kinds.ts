/** Every kind of document with its schema, and the envelope of documents. */
import { z } from 'zod';
import type { ConfigKind, SpecByKind } from '../../domain/config/specs.js';
import { drillSpec } from './drill.js';
import { slug } from './fields.js';
import { inhibitionSpec } from './inhibition.js';
import { organisationSpec } from './organisation.js';
import { personSpec } from './person.js';
import { policySpec } from './policy.js';
import { responsePlanSpec } from './response-plan.js';
import { priorityRulesSpec } from './priority-rules.js';
import { runbookSpec } from './runbook.js';
import { scheduleSpec } from './schedule.js';
import { serviceSpec } from './service.js';
import { sourceSpec } from './source.js';
import { subscriptionSpec } from './subscription.js';
import { teamSpec } from './team.js';
import { watchSpec } from './watch.js';

export const API_VERSION = 'tocsin/v1';

const specSchemas = {
  Organisation: organisationSpec,
  Team: teamSpec,
  Person: personSpec,
  Schedule: scheduleSpec,
  EscalationPolicy: policySpec,
  ResponsePlan: responsePlanSpec,
  Runbook: runbookSpec,
  Service: serviceSpec,
  Source: sourceSpec,
  PriorityRules: priorityRulesSpec,
  Inhibition: inhibitionSpec,
  Subscription: subscriptionSpec,
  Drill: drillSpec,
  Watch: watchSpec,
} as const satisfies { [K in ConfigKind]: z.ZodType<SpecByKind[K]> };

const metadata = z
  .strictObject({ name: slug.meta({ description: 'The identity of the document within its kind.' }) })
  .meta({ id: 'Metadata' });

/** Kinds of which there is one document, called `default`. */
const SINGLE: readonly ConfigKind[] = ['Organisation', 'PriorityRules'];
const singleMetadata = (kind: ConfigKind) =>
  z.strictObject({
    name: z.literal('default', { error: `default: there is one ${kind}, and it is called default` }),
  });

/** A whole document of one kind. */
export const documentSchema = <K extends ConfigKind>(kind: K) =>
  z
    .strictObject({
      apiVersion: z.literal(API_VERSION),
      kind: z.literal(kind),
      metadata: SINGLE.includes(kind) ? singleMetadata(kind) : metadata,
      spec: specSchemas[kind],
    })
    .meta({ title: kind });
