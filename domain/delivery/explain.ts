/**
 * Answers "why was I, or was I not, paged?": the record of one incident as sentences about one person. Pure: derived from events
 * and ledger rows only, so it holds for as long as the record does.
 */
import { actorWords, isKey } from '../incident/actors.js';
import type { IncidentEvent } from '../incident/events.js';

/** One ledger row with its recorded reasons. */
export interface ExplainedDelivery {
  type: string;
  contact: string;
  channel: string;
  escalation: string | null;
  /** `cycle` counts from 0, `step` from 1; step 0 is a page requested by name. */
  cycle: number;
  step: number;
  state: string;
  reason: string | null;
  /** Went out with another incident's page; the reason names it. */
  isSentInBundle: boolean;
  held: string | null;
  receipt: string | null;
  /** Reason for paging this person: "on call in checkout-primary". */
  because: string | null;
  /** Reason for using this contact after another was tried: "no receipt from phone (sms)". */
  fallback: string | null;
  createdAt: string;
  /** Null when nothing is pending any more. */
  dueAt: string | null;
  attempts: {
    at: string;
    outcome: string | null;
    provider: string | null;
    error: string | null;
    possibleDuplicate: boolean;
  }[];
}

interface Sentence {
  /** ISO 8601; null for a statement about the whole incident. */
  at: string | null;
  text: string;
}

export interface Explanation {
  /** `paged`: a provider accepted a message. `pending`: one is not sent yet. `not_reached`: all failed or were suppressed. */
  verdict: 'paged' | 'pending' | 'not_reached' | 'not_paged';
  /** One sentence that answers the question. */
  summary: string;
  sentences: Sentence[];
}

export interface ExplainInput {
  person: string;
  events: readonly IncidentEvent[];
  rows: readonly ExplainedDelivery[];
  /** Existing contacts that are not used, with the reason: "phone is not verified". */
  unused: readonly string[];
}

export function explain({ person, events, rows, unused }: ExplainInput): Explanation {
  const pages = rows.filter(({ type }) => type === 'page.requested');
  const sentences = [
    ...events.flatMap((event) => eventSentences(event, person)),
    ...rows.flatMap((row) => rowSentences(row, events)),
  ].toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
  const isNamed = events.some((event) => event.kind === 'paged' && event.data.people.includes(person));
  return {
    ...verdictOf(person, pages, isNamed, events),
    sentences: [...sentences, ...unused.map((text) => ({ at: null, text: `Not used: ${text}.` }))],
  };
}

const isAccepted = ({ state, isSentInBundle }: ExplainedDelivery): boolean =>
  state === 'accepted' || state === 'delivered' || isSentInBundle;

const isPending = ({ state, dueAt }: ExplainedDelivery): boolean =>
  state === 'planned' || state === 'sending' || (state === 'failed' && dueAt !== null);

function verdictOf(
  person: string,
  pages: readonly ExplainedDelivery[],
  isNamed: boolean,
  events: readonly IncidentEvent[],
): Pick<Explanation, 'verdict' | 'summary'> {
  const taken = pages.find(isAccepted);
  if (taken !== undefined)
    return {
      verdict: 'paged',
      summary: `${person} was paged ${taken.step === 0 ? 'by name' : `by step ${taken.step}`}${taken.because === null ? '' : `: ${taken.because}`}.`,
    };
  const pending = pages.find(isPending);
  if (pending !== undefined)
    return {
      verdict: 'pending',
      summary: `A page to ${person} is pending${pending.held === null ? '' : `, ${pending.held}`}.`,
    };
  const last = pages.at(-1);
  if (last !== undefined)
    return { verdict: 'not_reached', summary: `${person} was to be paged: ${endOf(last, events)}.` };
  if (isNamed)
    return { verdict: 'not_reached', summary: `A step named ${person}, who had no contact to be paged by.` };
  return { verdict: 'not_paged', summary: `${person} was not paged: ${whyNobodyPaged(events)}.` };
}

/** The steps taken did not name this person; explains why no further step was taken. */
function whyNobodyPaged(events: readonly IncidentEvent[]): string {
  const end = events.findLast(({ kind }) => ['acknowledged', 'resolved', 'snoozed', 'merged'].includes(kind));
  const steps = new Set(events.flatMap((event) => (event.kind === 'paged' ? [event.data.step] : [])));
  const taken =
    steps.size === 0
      ? 'no step was taken'
      : `${[...steps].map((step) => (step === 0 ? 'a reassignment' : `step ${step}`)).join(', ')} named others`;
  return end === undefined ? taken : `${taken}, and then it was ${end.kind} by ${end.actor}`;
}

function eventSentences(event: IncidentEvent, person: string): Sentence[] {
  const say = (text: string): Sentence[] => [{ at: event.at, text }];
  switch (event.kind) {
    case 'paged': {
      const { step, cycle, people, escalation, catchAll, breakGlass } = event.data;
      const where = `${catchAll ? 'The catch-all' : step === 0 ? 'A reassignment' : `Step ${step}`} of ${escalation}${cycle === 0 ? '' : `, round ${cycle + 1}`}`;
      const others = people.filter((one) => one !== person).join(', ');
      const by = breakGlass === true ? ' (by the break-glass pager)' : '';
      if (people.includes(person)) return say(`${where} named ${person}${by}.`);
      return say(`${where} named ${others || 'nobody'}, not ${person}${by}.`);
    }
    case 'step_skipped':
      return say(`Step ${event.data.step} of ${event.data.escalation} was skipped: ${event.data.reason}.`);
    case 'exhausted':
      return say(`Escalation exhausted: ${event.data.escalation} had no step left.`);
    case 'acknowledged':
      return say(
        isKey(event.actor)
          ? `${actorWords(event.actor)} acknowledged for ${event.data.person}: nobody further is paged.`
          : `${event.data.person} acknowledged: nobody further is paged.`,
      );
    case 'acknowledgement_expired':
      return say('The acknowledgement expired: paging started again.');
    case 'unacknowledged':
      return say(`${actorWords(event.actor)} unacknowledged it: paging started again.`);
    case 'escalated':
      return event.data.to === undefined
        ? []
        : say(`${actorWords(event.actor, event.onBehalfOf)} reassigned it to ${event.data.to}.`);
    case 'declined':
      return say(`${event.data.person} could not take it.`);
    case 'responder_left':
      return say(`${event.data.person} ${event.data.reason} and is no longer paged.`);
    case 'snoozed':
      return say(`${actorWords(event.actor)} snoozed it until ${event.data.until}.`);
    case 'resolved':
      return say('It was resolved: nobody further is paged.');
    case 'merged':
      return say(`It was merged into ${event.data.number}, which pages instead.`);
    default:
      return [];
  }
}

const kinds: Readonly<Record<string, string>> = {
  'page.requested': 'Page',
  'page.updated': 'Update of a page',
  'approval.requested': 'Request for approval',
  'review.requested': 'Request for review',
  'notice.sent': 'Notice',
};

function rowSentences(row: ExplainedDelivery, events: readonly IncidentEvent[]): Sentence[] {
  const what = `${kinds[row.type] ?? row.type} by ${row.channel} (${row.contact})`;
  const why = row.fallback ?? row.because;
  const waited =
    row.held === null || isPending(row) ? [] : [{ at: row.createdAt, text: `${what}: ${row.held}.` }];
  const tries = row.attempts
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'ambiguous')
    .map(({ at, outcome, error }) => ({
      at,
      text: `${what}: ${outcome === 'failed' ? 'the attempt failed' : 'the outcome of the attempt is unknown'}${error === null ? '' : `, ${error.slice(0, 200)}`}.`,
    }));
  return [
    ...waited,
    ...tries,
    {
      at: endedAt(row, events),
      text: `${what}${why === null ? '' : `, because ${why}`}: ${endOf(row, events)}.`,
    },
  ];
}

const endedAt = (row: ExplainedDelivery, events: readonly IncidentEvent[]): string =>
  answerOf(row, events)?.at ?? row.attempts.at(-1)?.at ?? row.createdAt;

const ANSWERS: Readonly<Record<string, IncidentEvent['kind']>> = {
  acked: 'acknowledged',
  resolved: 'resolved',
  snoozed: 'snoozed',
  merged: 'merged',
};

/** The event that made a row unnecessary: the first of its kind after the row was planned. */
const answerOf = (
  { reason, createdAt, state }: ExplainedDelivery,
  events: readonly IncidentEvent[],
): IncidentEvent | undefined =>
  state === 'suppressed' || state === 'failed'
    ? events.find(({ kind, at }) => kind === ANSWERS[reason ?? ''] && at >= createdAt)
    : undefined;

function endOf(row: ExplainedDelivery, events: readonly IncidentEvent[]): string {
  const { state, reason, held, receipt, dueAt, createdAt } = row;
  const last = row.attempts.at(-1);
  const repeat = last?.possibleDuplicate === true ? ', marked as a possible repeat' : '';
  switch (state) {
    case 'planned':
      return `pending, due ${dueAt ?? 'now'}${held === null ? '' : `, ${held}`}`;
    case 'sending':
      return 'being sent';
    case 'accepted':
      return `accepted by ${last?.provider ?? 'the provider'}${repeat}${receipt === 'missing' ? '; no receipt came' : ', no receipt yet'}`;
    case 'delivered':
      return `${receipt === 'read' ? 'read' : 'arrived'}${repeat}`;
    case 'exhausted':
      return `given up after ${row.attempts.length === 1 ? 'one attempt' : `${row.attempts.length} attempts`}${last?.error === null || last?.error === undefined ? '' : `: ${last.error.slice(0, 200)}`}`;
    default: {
      const answer = answerOf(row, events);
      if (answer !== undefined)
        return `not sent, it was ${answer.kind} by ${answer.actor} ${between(createdAt, answer.at)} after it was planned`;
      if (state === 'failed')
        return dueAt === null
          ? `the provider says that it did not arrive${receipt === null ? '' : ` (${receipt})`}`
          : `will be tried again at ${dueAt}`;
      return row.isSentInBundle ? (reason ?? '') : `not sent: ${reason ?? 'unknown'}`;
    }
  }
}

function between(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
