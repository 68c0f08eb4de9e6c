/**
 * "Why was I, or was I not, paged?": the record of one incident as sentences about one person. Pure: what it says follows from
 * events and ledger rows and from nothing else, so it holds as long as the record does.
 */
import { actorWords, isKey } from '../incident/actors.js';
import type { IncidentEvent } from '../incident/events.js';

/** One ledger row, with the words the record has for it. */
export interface ToldRow {
  type: string;
  contact: string;
  channel: string;
  track: string | null;
  /** `cycle` counts from 0, `step` from 1; 0 was asked by name. */
  cycle: number;
  step: number;
  state: string;
  reason: string | null;
  held: string | null;
  receipt: string | null;
  /** Why this person: "on call in checkout-primary". */
  because: string | null;
  /** Why this contact, when another had been tried: "no receipt from phone (sms)". */
  fallback: string | null;
  createdAt: string;
  /** Null when nothing is owed any more. */
  dueAt: string | null;
  attempts: {
    at: string;
    outcome: string | null;
    provider: string | null;
    error: string | null;
    possibleDuplicate: boolean;
  }[];
}

export interface Sentence {
  /** ISO 8601; null for what is true of the whole incident. */
  at: string | null;
  text: string;
}

export interface Explanation {
  /** `paged`: a message was taken by a provider. `owed`: one is on its way. `not_reached`: all of them failed or were held back. */
  verdict: 'paged' | 'owed' | 'not_reached' | 'not_paged';
  /** One sentence that answers the question. */
  summary: string;
  sentences: Sentence[];
}

export interface ExplainInput {
  person: string;
  events: readonly IncidentEvent[];
  rows: readonly ToldRow[];
  /** Contacts that exist and are not used, with why: "phone is not verified". */
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

const isTaken = ({ state, reason }: ToldRow): boolean =>
  state === 'accepted' ||
  state === 'delivered' ||
  (state === 'suppressed' && (reason ?? '').startsWith('bundled into '));

const isOwed = ({ state, dueAt }: ToldRow): boolean =>
  state === 'planned' || state === 'sending' || (state === 'failed' && dueAt !== null);

function verdictOf(
  person: string,
  pages: readonly ToldRow[],
  isNamed: boolean,
  events: readonly IncidentEvent[],
): Pick<Explanation, 'verdict' | 'summary'> {
  const taken = pages.find(isTaken);
  if (taken !== undefined)
    return {
      verdict: 'paged',
      summary: `${person} was paged ${taken.step === 0 ? 'by name' : `by step ${taken.step}`}${taken.because === null ? '' : `: ${taken.because}`}.`,
    };
  const owed = pages.find(isOwed);
  if (owed !== undefined)
    return {
      verdict: 'owed',
      summary: `A page to ${person} is owed${owed.held === null ? '' : `, ${owed.held}`}.`,
    };
  const last = pages.at(-1);
  if (last !== undefined)
    return { verdict: 'not_reached', summary: `${person} was to be paged: ${endOf(last, events)}.` };
  if (isNamed)
    return { verdict: 'not_reached', summary: `A step named ${person}, who had no contact to be paged by.` };
  return { verdict: 'not_paged', summary: `${person} was not paged: ${whyNobodyAsked(events)}.` };
}

/** The steps that were taken did not name this person; what kept the others from being taken? */
function whyNobodyAsked(events: readonly IncidentEvent[]): string {
  const end = events.findLast(({ kind }) => ['acknowledged', 'resolved', 'snoozed', 'merged'].includes(kind));
  const steps = new Set(events.flatMap((event) => (event.kind === 'paged' ? [event.data.step] : [])));
  const taken =
    steps.size === 0
      ? 'no step was taken'
      : `${[...steps].map((step) => (step === 0 ? 'a hand-over' : `step ${step}`)).join(', ')} named others`;
  return end === undefined ? taken : `${taken}, and then it was ${end.kind} by ${end.actor}`;
}

function eventSentences(event: IncidentEvent, person: string): Sentence[] {
  const say = (text: string): Sentence[] => [{ at: event.at, text }];
  switch (event.kind) {
    case 'paged': {
      const { step, cycle, people, track, catchAll, breakGlass } = event.data;
      const where = `${catchAll ? 'The catch-all' : step === 0 ? 'A hand-over' : `Step ${step}`} of ${track}${cycle === 0 ? '' : `, round ${cycle + 1}`}`;
      const others = people.filter((one) => one !== person).join(', ');
      const by = breakGlass === true ? ' (by the break-glass pager)' : '';
      if (people.includes(person)) return say(`${where} named ${person}${by}.`);
      return say(`${where} named ${others || 'nobody'}, not ${person}${by}.`);
    }
    case 'step_skipped':
      return say(`Step ${event.data.step} of ${event.data.track} was skipped: ${event.data.reason}.`);
    case 'exhausted':
      return say(`${event.data.track} had no step left.`);
    case 'acknowledged':
      return say(
        isKey(event.actor)
          ? `${actorWords(event.actor)} acknowledged for ${event.data.person}: nobody further is paged.`
          : `${event.data.person} acknowledged: nobody further is paged.`,
      );
    case 'acknowledgement_expired':
      return say('The acknowledgement expired: paging began again.');
    case 'unacknowledged':
      return say(`${actorWords(event.actor)} gave it back: paging began again.`);
    case 'escalated':
      return event.data.to === undefined
        ? []
        : say(`${actorWords(event.actor, event.onBehalfOf)} handed it to ${event.data.to}.`);
    case 'declined':
      return say(`${event.data.person} could not take it.`);
    case 'responder_left':
      return say(`${event.data.person} ${event.data.reason}: they are asked no more.`);
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

function rowSentences(row: ToldRow, events: readonly IncidentEvent[]): Sentence[] {
  const what = `${kinds[row.type] ?? row.type} by ${row.channel} (${row.contact})`;
  const why = row.fallback ?? row.because;
  const waited =
    row.held === null || isOwed(row) ? [] : [{ at: row.createdAt, text: `${what}: ${row.held}.` }];
  const tries = row.attempts
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'ambiguous')
    .map(({ at, outcome, error }) => ({
      at,
      text: `${what}: ${outcome === 'failed' ? 'the attempt failed' : 'nobody heard the end of the attempt'}${error === null ? '' : `, ${error.slice(0, 200)}`}.`,
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

const endedAt = (row: ToldRow, events: readonly IncidentEvent[]): string =>
  answerOf(row, events)?.at ?? row.attempts.at(-1)?.at ?? row.createdAt;

const ANSWERS: Readonly<Record<string, IncidentEvent['kind']>> = {
  acked: 'acknowledged',
  resolved: 'resolved',
  snoozed: 'snoozed',
  merged: 'merged',
};

/** The event that made a row unnecessary: the first of its kind since the row was planned. */
const answerOf = (
  { reason, createdAt, state }: ToldRow,
  events: readonly IncidentEvent[],
): IncidentEvent | undefined =>
  state === 'suppressed' || state === 'failed'
    ? events.find(({ kind, at }) => kind === ANSWERS[reason ?? ''] && at >= createdAt)
    : undefined;

function endOf(row: ToldRow, events: readonly IncidentEvent[]): string {
  const { state, reason, held, receipt, dueAt, createdAt } = row;
  const last = row.attempts.at(-1);
  const repeat = last?.possibleDuplicate === true ? ', marked as a possible repeat' : '';
  switch (state) {
    case 'planned':
      return `owed from ${dueAt ?? 'now'} on${held === null ? '' : `, ${held}`}`;
    case 'sending':
      return 'being sent';
    case 'accepted':
      return `taken by ${last?.provider ?? 'the provider'}${repeat}${receipt === 'missing' ? '; no receipt came' : ', no receipt yet'}`;
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
      return (reason ?? '').startsWith('bundled into ') ? (reason ?? '') : `not sent: ${reason ?? 'unknown'}`;
    }
  }
}

function between(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
