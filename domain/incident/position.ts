/**
 * Where an incident stood when somebody looked at it, as one short text: every form carries it, scripts may send it. What was
 * decided about a state that is not true any more changes nothing: a press must not take from others what they did meanwhile. Pure.
 */
import type { IncidentCommand } from './commands.js';
import type { IncidentState } from './state.js';

/** `holder`: its status, who has it, and until when it sleeps. */
export type PositionPart = 'holder' | 'steps' | 'alerts' | 'postmortem';
const PARTS: readonly PositionPart[] = ['holder', 'steps', 'alerts', 'postmortem'];

export type Placed = Pick<
  IncidentState,
  'status' | 'acknowledgedBy' | 'snoozedUntil' | 'tracks' | 'alertsOpen' | 'alertsTotal' | 'postmortem'
>;

export function positionOf(incident: Placed): string {
  const { status, acknowledgedBy, snoozedUntil, tracks, alertsOpen, alertsTotal, postmortem } = incident;
  return [
    `${status}:${status === 'acknowledged' ? (acknowledgedBy ?? '') : ''}:${snoozedUntil ?? ''}`,
    tracks.map(({ name, cycle, step }) => `${name}:${cycle}.${step}`).join(' '),
    `${alertsOpen}/${alertsTotal}`,
    `${postmortem.status}:${postmortem.revision}`,
  ].join('|');
}

/** The first of these parts that is not as it was seen; null when all are. */
export function changedPart(
  seen: string,
  incident: Placed,
  parts: readonly PositionPart[],
): PositionPart | null {
  const [then, now] = [seen.split('|'), positionOf(incident).split('|')];
  return parts.find((part) => then[PARTS.indexOf(part)] !== now[PARTS.indexOf(part)]) ?? null;
}

/** What a command depends on. Words and people that are added take nothing from anybody: they are always welcome. */
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

/** Null: what counts for this command is as it was seen. Else what is true now, in a sentence. */
export function movedOn(seen: string, state: IncidentState, command: IncidentCommand): string | null {
  const part = changedPart(seen, state, partsThatCount(command));
  return part === null
    ? null
    : `${standing(state, part)}. Nothing was changed: look again, and press again if it is still right`;
}

function standing(state: IncidentState, part: PositionPart): string {
  const { number, status, snoozedUntil } = state;
  if (part === 'alerts')
    return `${state.alertsOpen} of the ${state.alertsTotal} alerts of ${number} fire now`;
  if (part === 'postmortem') return `the post-mortem of ${number} is ${state.postmortem.status} now`;
  if (status === 'resolved')
    return `${number} was resolved by ${state.resolvedBy ?? 'nobody'} at ${state.resolvedAt ?? '?'}`;
  if (status === 'closed') return `${number} was closed at ${state.closedAt ?? '?'}`;
  const steps = state.tracks.map(({ name, step }) => `${name} is at step ${step}`).join(', ');
  const who =
    status === 'acknowledged'
      ? `${state.acknowledgedBy ?? 'nobody'} has ${number} now`
      : `nobody has ${number}`;
  return `${who}${snoozedUntil === null ? '' : `, snoozed until ${snoozedUntil}`}; ${steps}`;
}
