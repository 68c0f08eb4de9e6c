/**
 * All kinds of documents by name, one document, and the documents in force together. The zod schemas in `contracts/config/` validate
 * documents into exactly these shapes (docs/configuration.md). Durations stay as written (`5m`); see `domain/shared/duration.ts`.
 */
import type { PersonSpec, TeamSpec } from '../people/person-spec.js';
import type { ScheduleSpec } from '../oncall/schedule-spec.js';
import type { PolicySpec } from '../escalation/policy-spec.js';
import type { ServiceSpec } from './service-spec.js';
import type { ResponsePlanSpec } from '../response/response-plan-spec.js';
import type { SourceSpec } from '../alert/source-spec.js';
import type { SubscriptionSpec } from '../subscription/subscription-spec.js';
import type { PriorityRulesSpec } from '../priority/priority-rules-spec.js';
import type { InhibitionSpec } from '../alert/inhibition-spec.js';
import type { DrillSpec } from '../drill/drill-spec.js';
import type { OrganisationSpec } from './organisation-spec.js';
import type { LiveData } from './live-data.js';
import type { WatchSpec } from '../watch/watch-spec.js';
import type { RunbookSpec } from '../runbook/definition.js';

export interface SpecByKind {
  Organisation: OrganisationSpec;
  Team: TeamSpec;
  Person: PersonSpec;
  Schedule: ScheduleSpec;
  EscalationPolicy: PolicySpec;
  Service: ServiceSpec;
  ResponsePlan: ResponsePlanSpec;
  Source: SourceSpec;
  PriorityRules: PriorityRulesSpec;
  Inhibition: InhibitionSpec;
  Subscription: SubscriptionSpec;
  Runbook: RunbookSpec;
  Drill: DrillSpec;
  Watch: WatchSpec;
}

export type ConfigKind = keyof SpecByKind;

const kinds: { [K in ConfigKind]: K } = {
  Organisation: 'Organisation',
  Team: 'Team',
  Person: 'Person',
  Schedule: 'Schedule',
  EscalationPolicy: 'EscalationPolicy',
  ResponsePlan: 'ResponsePlan',
  Runbook: 'Runbook',
  Service: 'Service',
  Source: 'Source',
  PriorityRules: 'PriorityRules',
  Inhibition: 'Inhibition',
  Subscription: 'Subscription',
  Drill: 'Drill',
  Watch: 'Watch',
};

/** All kinds, in the order in which they build on each other. */
export const CONFIG_KINDS: readonly ConfigKind[] = Object.values(kinds);

export const isConfigKind = (text: string): text is ConfigKind => Object.hasOwn(kinds, text);

/** One document in force, with the revision that incidents record. */
export interface ConfigDocument<K extends ConfigKind = ConfigKind> {
  kind: K;
  name: string;
  revision: number;
  spec: SpecByKind[K];
}

/** All documents in force at one version; immutable. Built by `db/config/config-snapshot.ts`, read by pure decisions. */
export interface ConfigSnapshot {
  /** Version of the documents; live data changes without increasing it. */
  version: number;
  live: LiveData;
  get<K extends ConfigKind>(kind: K, name: string): ConfigDocument<K> | undefined;
  list<K extends ConfigKind>(kind: K): ConfigDocument<K>[];
}
