/** Responses to an answer to a page: short enough for an SMS, and true at that moment. Pure. */
import type { IncidentState } from '../incident/state.js';
import type { ReplyIntent } from './grammar.js';

/** Display name of a person. */
export type NameOf = (person: string) => string;

/** Confirms a command that was executed. */
export function doneText(
  intent: ReplyIntent,
  { state, isEscalated }: { state: IncidentState; isEscalated: boolean },
): string {
  const { number, title } = state;
  switch (intent) {
    case 'acknowledge':
      return `${number} is acknowledged by you: ${title}`;
    case 'resolve':
      return `${number} is resolved.`;
    case 'escalate':
      return `${number}: the next step is being paged.`;
    case 'decline':
      return isEscalated
        ? `${number}: noted that you can't take it; the next step is being paged.`
        : `${number}: noted that you can't take it; nobody is left to page, so it stays open.`;
  }
}

/** The current status and its author: `INC-42 was acknowledged by Bo, 12 s ago`. */
export function statusText(state: IncidentState, now: string, nameOf: NameOf): string {
  const { number } = state;
  const by = (actor: string | null, at: string | null): string =>
    `${actor === null ? '' : ` by ${nameOf(actor)}`}${at === null ? '' : `, ${agoText(at, now)}`}`;
  if (state.mergedInto !== null) return `${number} was merged into another incident.`;
  switch (state.status) {
    case 'acknowledged':
      return `${number} was already acknowledged${by(state.acknowledgedBy, state.acknowledgedAt)}.`;
    case 'resolved':
      return `${number} was already resolved${by(state.resolvedBy, state.resolvedAt)}.`;
    case 'closed':
      return `${number} is closed${by(null, state.closedAt)}.`;
    case 'triggered':
      return `${number} is open and nobody has acknowledged it.`;
  }
}

/** Result for one of several incidents answered at once. */
export interface AnsweredOne {
  isDone: boolean;
  /** Includes the incident's number. */
  text: string;
  number: string;
}

const past: Record<ReplyIntent, string> = {
  acknowledge: 'acknowledged',
  escalate: 'escalated',
  resolve: 'resolved',
  decline: 'passed on',
};

/** `40 incidents acknowledged: INC-1, INC-2, …`; equal results of the others are stated once, so that many fit into an SMS. */
export function manyText(intent: ReplyIntent, all: readonly AnsweredOne[]): string {
  const done = all.filter(({ isDone }) => isDone).map(({ number }) => number);
  const others = new Map<string, AnsweredOne[]>();
  for (const one of all.filter(({ isDone }) => !isDone)) {
    const outcome = one.text.replaceAll(one.number, '');
    others.set(outcome, [...(others.get(outcome) ?? []), one]);
  }
  return [
    ...(done.length === 0 ? [] : [`${countOf(done.length)} ${past[intent]}: ${done.join(', ')}.`]),
    ...[...others.values()].flatMap(([first, ...rest]) => [
      first?.text ?? '',
      ...(rest.length === 0 ? [] : [`So it is with ${rest.map(({ number }) => number).join(', ')}.`]),
    ]),
  ].join(' ');
}

const countOf = (incidents: number): string => `${incidents} ${incidents === 1 ? 'incident' : 'incidents'}`;

function agoText(at: string, now: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(at)) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
