/**
 * Encodes an incident's position as one short text that every form contains and scripts may send. A command based on an outdated
 * position changes nothing, so that it cannot undo what other people did meanwhile. Pure.
 */
import type { IncidentCommand } from './commands.js';
import type { IncidentState } from './state.js';
import { markedDocument } from '../people/spoken.js';

/** `holder`: the status, the holder and the end of the snooze. */
export type PositionPart = 'holder' | 'steps' | 'alerts' | 'postmortem' | 'runs';
const PARTS: readonly PositionPart[] = ['holder', 'steps', 'alerts', 'postmortem', 'runs'];

export type PositionedIncident = Pick<
  IncidentState,
  'status' | 'acknowledgedBy' | 'snoozedUntil' | 'escalations' | 'alertsOpen' | 'alertsTotal' | 'postmortem'
> &
  // A link starts no runbook.
  Partial<Pick<IncidentState, 'runs'>>;

export function positionOf(incident: PositionedIncident): string {
  const { status, acknowledgedBy, snoozedUntil, escalations, alertsOpen, alertsTotal, postmortem } = incident;
  return [
    `${status}:${status === 'acknowledged' ? (acknowledgedBy ?? '') : ''}:${snoozedUntil ?? ''}`,
    escalations.map(({ name, cycle, step }) => `${name}:${cycle}.${step}`).join(' '),
    `${alertsOpen}/${alertsTotal}`,
    `${postmortem.status}:${postmortem.revision}`,
    runsOf(incident).join(' '),
  ].join('|');
}

/** Number of starts of each runbook, as `name:2`. */
function runsOf({ runs = {} }: PositionedIncident): string[] {
  const counts = new Map<string, number>();
  for (const { runbook } of Object.values(runs)) counts.set(runbook, (counts.get(runbook) ?? 0) + 1);
  return [...counts].map(([runbook, count]) => `${runbook}:${count}`).toSorted();
}

/** The first of these parts that differs from the seen position; null when none does. */
export function changedPart(
  seen: string,
  incident: PositionedIncident,
  parts: readonly PositionPart[],
): PositionPart | null {
  const [then, now] = [seen.split('|'), positionOf(incident).split('|')];
  return parts.find((part) => then[PARTS.indexOf(part)] !== now[PARTS.indexOf(part)]) ?? null;
}

/** The parts that a command depends on. Notes and added people take nothing from others, so these commands depend on none. */
function partsThatCount({ type }: IncidentCommand): readonly PositionPart[] {
  switch (type) {
    case 'escalate':
    case 'decline':
      return ['holder', 'steps'];
    case 'resolve':
      return ['holder', 'alerts'];
    case 'acknowledge':
    case 'unacknowledge':
    case 'snooze':
    case 'reopen':
    case 'merge':
    case 'set_priority':
      return ['holder'];
    case 'waive_postmortem':
      return ['holder', 'postmortem'];
    default:
      return [];
  }
}

/** Null when the relevant parts are unchanged, else a sentence about the current state. */
export function movedOn(seen: string, state: IncidentState, command: IncidentCommand): string | null {
  const now =
    command.type === 'start_run' ? startedMeanwhile(seen, state, command) : changed(seen, state, command);
  return now === null
    ? null
    : `${now}. Nothing was changed: look again, and press again if it is still right`;
}

function changed(seen: string, state: IncidentState, command: IncidentCommand): string | null {
  const part = changedPart(seen, state, partsThatCount(command));
  return part === null ? null : status(state, part);
}

/** Refuses a second start of the same runbook, and a start on an incident resolved meanwhile; other runbooks do not matter. */
function startedMeanwhile(
  seen: string,
  state: IncidentState,
  { run, runbook }: Extract<IncidentCommand, { type: 'start_run' }>,
): string | null {
  // The same form was submitted twice.
  if (state.runs[run] !== undefined) return null;
  const parts = seen.split('|');
  const wasOver = /^(resolved|closed):/.test(parts[PARTS.indexOf('holder')] ?? '');
  if (state.status === 'resolved' && !wasOver) return status(state, 'holder');
  const own = (list: readonly string[]): string =>
    list.find((one) => one.slice(0, one.lastIndexOf(':')) === runbook) ?? '';
  if (own(parts[PARTS.indexOf('runs')]?.split(' ') ?? []) === own(runsOf(state))) return null;
  const last = Object.values(state.runs).findLast((one) => one.runbook === runbook);
  return `the runbook ${markedDocument('Runbook', runbook)} was started on ${state.number} by ${last?.startedBy ?? 'somebody'}, and is ${last?.state ?? 'over'} now`;
}

function status(state: IncidentState, part: PositionPart): string {
  const { number, status, snoozedUntil } = state;
  if (part === 'alerts')
    return `${state.alertsOpen} of the ${state.alertsTotal} alerts of ${number} fire now`;
  if (part === 'postmortem') return `the post-mortem of ${number} is ${state.postmortem.status} now`;
  if (status === 'resolved')
    return `${number} was resolved by ${state.resolvedBy ?? 'nobody'} at ${state.resolvedAt ?? '?'}`;
  if (status === 'closed') return `${number} was closed at ${state.closedAt ?? '?'}`;
  const steps = state.escalations
    .map(({ name, step }) => `${markedDocument('Team', name)} is at step ${step}`)
    .join(', ');
  const who =
    status === 'acknowledged'
      ? `${state.acknowledgedBy ?? 'nobody'} has ${number} now`
      : `nobody has ${number}`;
  return `${who}${snoozedUntil === null ? '' : `, snoozed until ${snoozedUntil}`}; ${steps}`;
}
