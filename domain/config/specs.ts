/**
 * The `spec` of every configuration kind as the domain reads it. The zod schemas in `contracts/` validate documents into exactly
 * these shapes (docs/configuration.md). Durations stay as written (`5m`); see `shared/duration.ts`.
 */
import type { Duration } from '../shared/duration.js';
import type { LiveData } from './live-data.js';
import type { IncidentEventKind } from '../incident/events.js';
import type { RunbookSpec } from '../runbook/definition.js';
import type { CheckSpec, Priority, Role, Severity, Urgency, Weekday } from './terms.js';

export type { CheckSpec, Priority, Role, Severity, Urgency, Weekday } from './terms.js';
export { PRIORITIES } from './terms.js';

export interface TeamSpec {
  displayName: string;
  /** `development`, `infrastructure`, `security`, `support` or any other slug. */
  discipline: string;
  timezone: string;
  members: string[];
  managers: string[];
  calendar?: { days: Weekday[]; from: string; to: string; holidays: string[] };
}

export interface ContactSpec {
  name: string;
  channel: string;
  address: string;
  /**
   * Signing secret of a `webhook` contact (`whsec_…`), derived from the root key when left out; of a `webpush` contact the
   * subscription's keys as JSON (`{"p256dh":"…","auth":"…"}`).
   */
  secret?: string;
}

export interface PersonalRule {
  after: Duration;
  contact: string;
}

export interface PersonSpec {
  displayName: string;
  email: string;
  timezone: string;
  role: Role;
  contacts: ContactSpec[];
  rules: { high: PersonalRule[]; low: PersonalRule[] };
}

export interface Rotation {
  every: number;
  unit: 'hour' | 'day' | 'week';
  /** `mon 09:00` for weeks, `09:00` for days; ignored for hours, which use the clock time of `start`. */
  handover?: string;
  /** First day of the rotation, `2026-01-05`, optionally with a time, `2026-01-05T09:00`, in the schedule's zone. */
  start: string;
}

export interface Restriction {
  days: Weekday[];
  from: string;
  to: string;
}

export interface ScheduleLayer {
  name: string;
  people: string[];
  rotation: Rotation;
  restrictions?: Restriction[];
  skipEmpty?: boolean;
}

export interface ScheduleSpec {
  team: string;
  timezone: string;
  /**
   * Start of this revision: a date or wall-clock time in `timezone` (`2026-12-01T09:00`), or an instant; the previous revision
   * stays in force until then. Omitted: when it is applied.
   */
  from?: string;
  layers: ScheduleLayer[];
}

/** Targets allowed in a round robin: any but another round robin. */
export type RotationTarget =
  | { person: string }
  | { schedule: string; slot?: 'now' | 'next' | 'previous' }
  | { team: string }
  | { policy: string };

/** `roundRobin`: each page of the step goes to the next member of the list, or of the team. */
export type PolicyTarget =
  RotationTarget | { team: string; roundRobin: boolean } | { roundRobin: RotationTarget[] };

export interface PolicyStep {
  notify: PolicyTarget[];
  wait: Duration;
  ack?: 'any' | 'everyone';
  /** CEL over `incident` and `time` (domain/rules/variables.ts). */
  if?: string;
}

export interface PolicySpec {
  team: string;
  repeat: number;
  steps: PolicyStep[];
}

export interface DiagnosticSpec {
  name: string;
  check: CheckSpec;
  timeout?: Duration;
}

export interface ServiceSpec {
  displayName: string;
  team: string;
  /** 1 (vital) to 4. */
  tier: 1 | 2 | 3 | 4;
  policy?: string;
  plan?: string;
  dependsOn: string[];
  links: { title: string; url: string }[];
  diagnostics: DiagnosticSpec[];
}

export interface PostmortemPlan {
  kind: 'full' | 'light';
  quorum: { participants: number; stakeholders: number };
  /** Business days (`3bd`) or a duration. */
  due: string;
}

/** End of an incident while a person holds it or an alert still fires. */
export interface ResolvePlan {
  /** The incident resolves automatically when nothing happens for this long after all alerts have closed. */
  quiet: Duration;
  /** Repeats of an alert are only counted for this long after a person resolved it while it was firing. */
  stillFiring: Duration;
}

export interface PriorityPlan {
  disciplines: { discipline: string; required: boolean }[];
  ackTimeout: Duration;
  settle: Duration;
  /** The bridge's URL. */
  bridge: false | string;
  runbooks: string[];
  postmortem: PostmortemPlan;
  stakeholders: string[];
  urgency: Urgency;
}

export interface ResponsePlanSpec {
  resolve?: ResolvePlan;
  priorities: Partial<Record<Priority, Partial<PriorityPlan>>>;
}

export type SourceFormat = 'pagerduty-v2' | 'alertmanager' | 'grafana' | 'generic';

export interface SourceSpec {
  format: SourceFormat;
  service?: string;
  routes?: { if: string; service: string }[];
  acknowledge?: boolean;
  /** Severity of a message whose format knows severities but that has none; `error` when omitted. */
  severity?: Severity;
  /** New incidents of one service within ten minutes before further ones are folded into one (domain/alert/storm.ts). */
  stormAfter?: number;
  /** 32 characters `[a-z0-9]`; only a hash is stored once applied. */
  key?: string;
}

export type SubscriptionFormat = 'standard' | 'pagerduty-v3';

/** A receiver of incident events (docs/channels/webhook.md). Omitted filters match everything. */
export interface SubscriptionSpec {
  url: string;
  format: SubscriptionFormat;
  events?: IncidentEventKind[];
  teams?: string[];
  services?: string[];
  /** Include the events of drills. */
  drills: boolean;
  /** Signing secret; derived from the root key when omitted. */
  secret?: string;
  /** Second signing secret, used while receivers change over to `secret`. */
  previousSecret?: string;
}

export type DrillInjection =
  | { after?: Duration; alert: { title: string; severity: Severity; dedupKey?: string } }
  | { after?: Duration; silence: { person: string } };

export type DrillExpectation =
  | { acknowledgedWithin: Duration; weight?: number }
  | { runbook: string; finishedWithin: Duration; weight?: number }
  | { resolvedWithin: Duration; weight?: number }
  | { reviewedWithin: string; weight?: number };

export interface DrillSpec {
  service: string;
  schedule: { cron: string; timezone: string } | null;
  /** Drills are never announced; announced drills are not implemented. */
  surprise: true;
  inject: DrillInjection[];
  expect: DrillExpectation[];
  abortOn: { realIncident: Priority[] };
  maxDuration: Duration;
}

/** Organisation-wide settings, such as the catch-all for when no other person can be paged. One document, named `default`. */
export interface OrganisationSpec {
  displayName: string;
  timezone: string;
  catchAll: PolicyTarget[];
  /** Opt-in: each person on call receives a test page at each contact of their rules once per interval. */
  reachability?: { every: Duration };
}

export interface SpecByKind {
  Organisation: OrganisationSpec;
  Team: TeamSpec;
  Person: PersonSpec;
  Schedule: ScheduleSpec;
  EscalationPolicy: PolicySpec;
  Service: ServiceSpec;
  ResponsePlan: ResponsePlanSpec;
  Source: SourceSpec;
  Subscription: SubscriptionSpec;
  Runbook: RunbookSpec;
  Drill: DrillSpec;
}

export type ConfigKind = keyof SpecByKind;

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
