/**
 * Drafts a post-mortem from the record (docs/domain.md, Post-mortem gate). Measured facts stay separate from the sections, which
 * people write; an unknown value is shown as unknown, never as 0.
 */
import type { Severity } from '../config/terms.js';
import { describeEvent } from '../incident/describe-event.js';
import type { IncidentEvent, IncidentEventKind } from '../incident/events.js';
import type { IncidentState } from '../incident/state.js';
import { markedDocument, type NameOf, spoken } from '../people/spoken.js';
import type { RunState } from '../runbook/definition.js';
import { type Interval, describeInterval, intervalBetween } from './interval.js';
import { minuteText, withTimesIn } from '../oncall/time-text.js';
import { type Sections, noSections } from './sections.js';

/** One ledger row with its recorded reasons. */
export interface IssuedNotification {
  person: string;
  channel: string;
  type: string;
  /** Time of planning, and of the last acceptance by a provider; ISO 8601. */
  at: string;
  sentAt: string | null;
  state: string;
  reason: string | null;
  /** True when arrival is proven: by a receipt, or by the person's answer. Acceptance by a provider is no proof. */
  reached: boolean;
}

export interface RecordedAlert {
  id: string;
  title: string;
  severity: Severity;
  source: string;
  count: number;
  firstAt: string;
  closedAt: string | null;
}

export interface RecordedFacts {
  state: IncidentState;
  events: readonly IncidentEvent[];
  service: { displayName: string; dependsOn: string[] } | null;
  notifications: readonly IssuedNotification[];
  alerts: readonly RecordedAlert[];
  /** Null while there is no measurement. */
  usersAffected: { start: string; end: string | null; peak: number } | null;
  /** Display names; without it people appear by their slugs. */
  nameOf?: NameOf;
  /** IANA zone for times in the text: the team's. */
  zone?: string;
}

interface TimelineEntry {
  seq: number;
  at: string;
  kind: IncidentEventKind;
  actor: string;
  text: string;
}

interface RunbookFact {
  run: string;
  runbook: string;
  revision: number;
  dryRun: boolean;
  startedBy: string;
  startedAt: string;
  finishedAt: string | null;
  state: RunState;
}

export interface PostmortemFacts {
  systemsAffected: { name: string; relation: 'service' | 'dependency' }[];
  usersAffected: { start: string; end: string | null; peak: number } | null;
  timeline: TimelineEntry[];
  notificationsIssued: IssuedNotification[];
  responseTimes: {
    acknowledge: Interval;
    resolve: Interval;
    people: { person: string; team: string; acknowledge: Interval }[];
  };
  runbooks: RunbookFact[];
  alerts: RecordedAlert[];
  alertsTotal: number;
}

/** Events that did not move the incident are left out of the key events; the incident's timeline shows all. */
const notKey: ReadonlySet<IncidentEventKind> = new Set<IncidentEventKind>([
  'alert_joined',
  'alert_closed',
  'step_waiting',
  'postmortem_drafted',
  'postmortem_edited',
  'postmortem_submitted',
  'review_decided',
  'review_overdue',
  'update_overdue',
]);

export function draftPostmortem(recorded: RecordedFacts): { sections: Sections; facts: PostmortemFacts } {
  const { state, service, usersAffected } = recorded;
  const dependencies = service?.dependsOn ?? [];
  const facts: PostmortemFacts = {
    systemsAffected: [
      ...(state.service === null ? [] : [{ name: state.service, relation: 'service' as const }]),
      ...dependencies.map((name) => ({ name, relation: 'dependency' as const })),
    ],
    usersAffected,
    timeline: recorded.events
      .filter((event) => !notKey.has(event.kind))
      .map((event) => timelineEntry(event, recorded.nameOf)),
    notificationsIssued: [...recorded.notifications],
    responseTimes: responseTimes(state),
    runbooks: runbooksRun(recorded.events, state),
    alerts: [...recorded.alerts],
    alertsTotal: state.alertsTotal,
  };
  const sections = {
    ...noSections,
    summary: summary(recorded, facts),
    systemsAffected: systems(recorded),
    usersAffected: withTimesIn(users(usersAffected), recorded.zone),
  };
  return { sections, facts };
}

const timelineEntry = (event: IncidentEvent, nameOf?: NameOf): TimelineEntry => ({
  seq: event.seq,
  at: event.at,
  kind: event.kind,
  actor: event.actor,
  text: describeEvent(event, nameOf),
});

function responseTimes(state: IncidentState): PostmortemFacts['responseTimes'] {
  const over = state.resolvedAt !== null || state.status === 'closed';
  const nobody = over ? 'nobody acknowledged' : null;
  const merged = state.mergedInto === null ? null : 'merged into another incident';
  return {
    acknowledge: intervalBetween(state.createdAt, state.acknowledgedAt, nobody),
    resolve: intervalBetween(state.createdAt, state.resolvedAt, merged),
    people: state.responders
      .filter((one) => one.pagedAt !== null || one.acknowledgedAt !== null)
      .map(({ person, team, pagedAt, acknowledgedAt }) => ({
        person,
        team,
        acknowledge:
          pagedAt === null
            ? { state: 'not_applicable', reason: 'was not paged' }
            : intervalBetween(pagedAt, acknowledgedAt, over ? 'did not acknowledge' : null),
      })),
  };
}

function runbooksRun(events: readonly IncidentEvent[], state: IncidentState): RunbookFact[] {
  const finished = new Map(
    events.flatMap((event) => (event.kind === 'runbook_finished' ? [[event.data.run, event] as const] : [])),
  );
  return events.flatMap((event) => {
    if (event.kind !== 'runbook_started') return [];
    const { run, runbook, revision, dryRun } = event.data;
    const end = finished.get(run);
    const finalState = end?.data.state ?? state.runs[run]?.state ?? 'running';
    return [
      {
        run,
        runbook,
        revision,
        dryRun,
        startedBy: event.actor,
        startedAt: event.at,
        finishedAt: end?.at ?? null,
        state: finalState,
      },
    ];
  });
}

function summary(
  { state, service, zone, nameOf = (person) => person }: RecordedFacts,
  { responseTimes: { acknowledge, resolve } }: PostmortemFacts,
): string {
  const where = state.service === null ? '' : ` on ${service?.displayName ?? state.service}`;
  const answered =
    acknowledge.state === 'recorded' && state.acknowledgedBy !== null
      ? `acknowledged by ${nameOf(state.acknowledgedBy)} after ${describeInterval(acknowledge)}`
      : `acknowledgement ${describeInterval(acknowledge)}`;
  const ended =
    resolve.state === 'recorded'
      ? `resolved after ${describeInterval(resolve)}`
      : `resolution ${describeInterval(resolve)}`;
  const drill = state.drill === null ? '' : 'Drill. ';
  return `${drill}${state.priority}${where}: ${state.title}. Opened ${minuteText(state.createdAt, zone)}, ${answered}, ${ended}.`;
}

function systems({ state, service, nameOf }: RecordedFacts): string {
  if (state.service === null) return 'unknown';
  const name = service === null ? state.service : service.displayName;
  const dependencies = service?.dependsOn ?? [];
  return [
    `- ${name}`,
    ...dependencies.map(
      (one) =>
        `- ${spoken(markedDocument('Service', one), nameOf)} (${name} depends on it; affected: unknown)`,
    ),
  ].join('\n');
}

const users = (affected: RecordedFacts['usersAffected']): string =>
  affected === null
    ? 'unknown'
    : `Peak ${affected.peak}, from ${affected.start} to ${affected.end ?? 'unknown (still affected when this was drafted)'}.`;
