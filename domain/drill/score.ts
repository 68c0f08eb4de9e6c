/**
 * Scores a drill: evaluates each expectation against the incident's events (docs/domain.md, Drills). Pure; the caller provides
 * the clock.
 */
import { isOpenIncident } from '../incident/is-open.js';
import type { DrillExpectation } from './drill-spec.js';
import { isKey } from '../incident/actors.js';
import type { IncidentEvent, IncidentEventKind } from '../incident/events.js';
import type { IncidentState } from '../incident/state.js';
import { intervalBetween, inWords } from '../postmortem/interval.js';
import { durationMs } from '../shared/duration.js';

export interface ScoredExpectation {
  text: string;
  weight: number;
  /** Null while the expectation is pending. */
  met: boolean | null;
  evidence: string;
}

export interface DrillScore {
  expectations: ScoredExpectation[];
  /** Sums of weights; `possible` includes pending expectations. */
  score: { earned: number; possible: number };
  /** False while an expectation is pending. */
  settled: boolean;
}

/** Kinds of events that expectations are about. */
export const SCORED_KINDS = [
  'acknowledged',
  'runbook_finished',
  'resolved',
  'postmortem_approved',
] as const satisfies readonly IncidentEventKind[];

export type ScoredEvent = Extract<IncidentEvent, { kind: (typeof SCORED_KINDS)[number] }>;

export const isScored = (event: IncidentEvent): event is ScoredEvent =>
  SCORED_KINDS.some((kind) => kind === event.kind);

export interface DrillFacts {
  expectations: readonly DrillExpectation[];
  /** In order. */
  events: readonly ScoredEvent[];
  state: IncidentState;
  /** ISO 8601. */
  now: string;
  /** Due instant of a review: `3bd` needs the team's calendar, which only `domain/oncall` can read. */
  reviewDueAt: (within: string, fromIso: string) => string;
  /** Display name of a runbook. */
  runbookTitle: (name: string) => string;
}

/** Evidence for an expectation: its start, its due time and the event that met it. */
interface Measured {
  from: string | null;
  dueAt: string | null;
  met: ScoredEvent | undefined;
  /** Reason why it can no longer be met, independent of the clock. */
  lost: string | null;
  waitsFor: string;
}

export function scoreDrill(facts: DrillFacts): DrillScore {
  const expectations = facts.expectations.map((expectation) => ({
    text: expectationText(expectation, facts),
    weight: expectation.weight ?? 1,
    ...judge(measure(expectation, facts), facts.now),
  }));
  const sum = (chosen: ScoredExpectation[]): number =>
    chosen.reduce((total, { weight }) => total + weight, 0);
  return {
    expectations,
    score: { earned: sum(expectations.filter(({ met }) => met === true)), possible: sum(expectations) },
    settled: expectations.every(({ met }) => met !== null),
  };
}

function expectationText(expectation: DrillExpectation, { runbookTitle }: DrillFacts): string {
  if ('acknowledgedWithin' in expectation) return `Acknowledged within ${expectation.acknowledgedWithin}`;
  if ('runbook' in expectation)
    return `Runbook ${runbookTitle(expectation.runbook)} finished within ${expectation.finishedWithin}`;
  if ('resolvedWithin' in expectation) return `Resolved within ${expectation.resolvedWithin}`;
  return `Reviewed within ${expectation.reviewedWithin} of the resolution`;
}

function measure(expectation: DrillExpectation, facts: DrillFacts): Measured {
  const { events, state } = facts;
  const within = (duration: string): string =>
    new Date(Date.parse(state.createdAt) + durationMs(duration)).toISOString();
  const over = !isOpenIncident(state);
  const opened = state.createdAt;

  if ('acknowledgedWithin' in expectation) {
    const met = events.find((event) => event.kind === 'acknowledged' && !isKey(event.actor));
    const lost = over && met === undefined ? 'resolved before anybody acknowledged' : null;
    return {
      from: opened,
      dueAt: within(expectation.acknowledgedWithin),
      met,
      lost,
      waitsFor: 'an acknowledgement',
    };
  }
  if ('runbook' in expectation) {
    const ends = events.filter(
      (event) =>
        event.kind === 'runbook_finished' &&
        event.data.runbook === expectation.runbook &&
        state.runs[event.data.run]?.dryRun !== true,
    );
    const met = ends.find((event) => event.kind === 'runbook_finished' && event.data.state === 'succeeded');
    const lost = over && met === undefined ? runbookLost(ends) : null;
    return {
      from: opened,
      dueAt: within(expectation.finishedWithin),
      met,
      lost,
      waitsFor: 'the runbook to succeed',
    };
  }
  if ('resolvedWithin' in expectation) {
    const met = over ? events.findLast((event) => event.kind === 'resolved') : undefined;
    const lost = state.mergedInto === null ? null : 'merged into another incident';
    return { from: opened, dueAt: within(expectation.resolvedWithin), met, lost, waitsFor: 'the resolution' };
  }
  const { status } = state.postmortem;
  const met =
    status === 'approved' ? events.findLast((event) => event.kind === 'postmortem_approved') : undefined;
  const dueAt =
    state.resolvedAt === null ? null : facts.reviewDueAt(expectation.reviewedWithin, state.resolvedAt);
  const lost = status === 'waived' ? 'the post-mortem was waived, not reviewed' : null;
  return { from: state.resolvedAt, dueAt, met, lost, waitsFor: 'the approval of the post-mortem' };
}

const runbookLost = (ends: readonly ScoredEvent[]): string => {
  const last = ends.at(-1);
  return last?.kind === 'runbook_finished'
    ? `the run ${last.data.state}`
    : 'resolved before the runbook was finished';
};

function judge(
  { from, dueAt, met, lost, waitsFor }: Measured,
  now: string,
): { met: boolean | null; evidence: string } {
  if (met !== undefined) {
    const interval = intervalBetween(from, met.at);
    if (interval.state !== 'recorded' || dueAt === null) {
      const why = interval.state === 'invalid' ? interval.reason : 'no start on record';
      return { met: false, evidence: `not measurable: ${why} (event ${met.seq})` };
    }
    const inTime = Date.parse(met.at) <= Date.parse(dueAt);
    const late = inTime ? '' : `, too late (due ${dueAt})`;
    return {
      met: inTime,
      evidence: `after ${inWords(interval.ms)}${late} (event ${met.seq} by ${met.actor})`,
    };
  }
  if (lost !== null) return { met: false, evidence: lost };
  if (dueAt !== null && Date.parse(now) > Date.parse(dueAt)) {
    return { met: false, evidence: `still waiting for ${waitsFor} at ${now}, due ${dueAt}` };
  }
  return {
    met: null,
    evidence: dueAt === null ? `waiting for ${waitsFor}` : `waiting for ${waitsFor} until ${dueAt}`,
  };
}
