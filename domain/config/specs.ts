/**
 * The `spec` of every configuration kind as the rest of the domain reads it. The zod schemas in `contracts/` validate
 * documents into exactly these shapes (source: docs/configuration.md). Durations stay as written (`5m`); see
 * `shared/duration.ts`.
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
  /** `development`, `infrastructure`, `security`, `support` or any own slug. */
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
  /** `mon 09:00` for weeks, `09:00` for days, ignored (start's own clock time) for hours. */
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
   * From when this revision counts: a date or wall-clock time in `timezone` (`2026-12-01T09:00`), or an instant; until
   * then the revision before it stays in force. Left out: from when it is applied.
   */
  from?: string;
  layers: ScheduleLayer[];
}

/** Who may stand in a round robin: anybody but another one. */
export type TurnTarget =
  | { person: string }
  | { schedule: string; slot?: 'now' | 'next' | 'previous' }
  | { team: string }
  | { policy: string };

/** `roundRobin`: each page of the step goes to the next one of the list, or of the team. */
export type PolicyTarget = TurnTarget | { team: string; roundRobin: boolean } | { roundRobin: TurnTarget[] };

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

/** How an incident ends while somebody has it, or while something still fires. */
export interface ResolvePlan {
  /** After all alerts have closed: it resolves by itself when nothing happens for that long. */
  quiet: Duration;
  /** After a person resolved what fires: mere repeats are only counted for that long. */
  stillFiring: Duration;
}

export interface PriorityPlan {
  disciplines: { discipline: string; required: boolean }[];
  ackTimeout: Duration;
  settle: Duration;
  /** The address of one. */
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
  /** Of a message without one that its format knows; `error` when left out. */
  severity?: Severity;
  /** New incidents of one service within ten minutes before the rest is folded into one (domain/alert/storm.ts). */
  stormAfter?: number;
  /** 32 characters `[a-z0-9]`; stored only as a hash once applied. */
  key?: string;
}

export type SubscriptionFormat = 'standard' | 'pagerduty-v3';

/** A receiver of incident events (docs/channels/webhook.md). Filters left out let everything through. */
export interface SubscriptionSpec {
  url: string;
  format: SubscriptionFormat;
  events?: IncidentEventKind[];
  teams?: string[];
  services?: string[];
  /** Also the events of drills. */
  drills: boolean;
  /** Signs; derived from the root key when left out. */
  secret?: string;
  /** Signs besides while receivers change over to `secret`. */
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
  /** Nobody is told before; announced drills come later. */
  surprise: true;
  inject: DrillInjection[];
  expect: DrillExpectation[];
  abortOn: { realIncident: Priority[] };
  maxDuration: Duration;
}

/** Organisation-wide settings: who is paged when nobody else can be (`catchAll`). One document, named `default`. */
export interface OrganisationSpec {
  displayName: string;
  timezone: string;
  catchAll: PolicyTarget[];
  /** Opted in: whoever is on call gets a test page over each contact their rules use, once in every such time. */
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

/** One document in force, with the revision that an incident remembers. */
export interface ConfigDocument<K extends ConfigKind = ConfigKind> {
  kind: K;
  name: string;
  revision: number;
  spec: SpecByKind[K];
}

/** Everything in force at one version; immutable. Built by `db/config-snapshot.ts`, read by pure decisions. */
export interface ConfigSnapshot {
  /** Of the documents; live data moves without it. */
  version: number;
  live: LiveData;
  get<K extends ConfigKind>(kind: K, name: string): ConfigDocument<K> | undefined;
  list<K extends ConfigKind>(kind: K): ConfigDocument<K>[];
}
