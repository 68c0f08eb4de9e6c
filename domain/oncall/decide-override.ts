/** Decides whether an override is permitted. Pure; the store provides the state of its transaction. */
import { mayAnswer } from '../access/permissions.js';
import type { Role } from '../config/terms.js';
import { DAY, instantMs, isoOf } from './wall-clock.js';

export interface Span {
  from: string;
  to: string;
}

/** `path`: the invalid field; without it, the current state forbids the override. */
export interface Refused {
  kind: 'refused';
  /** Stable code that scripts may compare. */
  code: string;
  detail: string;
  path?: string;
}

const MAX_OVERRIDE_DAYS = 366;
const MAX_AHEAD_DAYS = 2 * 366;
/**
 * Maximum per schedule, counting overrides that have not ended or were made within a day, so that a faulty script cannot slow
 * down every page.
 */
const MAX_OVERRIDES_TO_COME = 500;

export interface OverrideRequested extends Span {
  person: string;
}

export interface OverrideFacts {
  now: string;
  /** Undefined when the person does not exist. */
  roleOf: (name: string) => Role | undefined;
  /**
   * Number of this schedule's overrides that have not ended or were made within a day, including cancelled ones, which are stored
   * too.
   */
  toCome: number;
}

export type OverrideDecision = { kind: 'accepted'; person: string; from: string; to: string } | Refused;

/** The past never changes: an override that would have begun already begins now. Returned instants are in UTC. */
export function decideOverride(
  { person, from, to }: OverrideRequested,
  { now, roleOf, toCome }: OverrideFacts,
): OverrideDecision {
  const role = roleOf(person);
  if (role === undefined) return refuse('unknown_person', `There is no person ${person}.`, 'person');
  if (!mayAnswer(role))
    return refuse(
      'answers_no_incidents',
      `${person} has the role ${role}, which answers no incidents: pages would pass them by.`,
      'person',
    );
  const span = decideSpan({ from, to }, now);
  if (span.kind === 'refused') return span;
  if (toCome >= MAX_OVERRIDES_TO_COME) {
    return refuse(
      'too_many_overrides',
      `This schedule has ${toCome} overrides that are to come or were made within a day, which is the most; edit the schedule instead.`,
    );
  }
  return { ...span, person };
}

/** Requires a future end and a plausible order, length and date; the past part is cut off. */
export function decideSpan(
  { from, to }: Span,
  now: string,
  path = '',
): ({ kind: 'accepted' } & Span) | Refused {
  const [begin, end, present] = [instantMs(from, 'from'), instantMs(to, 'to'), instantMs(now, 'now')];
  const at = (field: string): string => (path === '' ? field : `${path}.${field}`);
  if (end <= begin)
    return refuse('ends_before_it_begins', `It would end (${to}) before it begins (${from}).`, at('to'));
  if (end <= present)
    return refuse('in_the_past', `It ended ${to}, and it is ${now}: the past never changes.`, at('to'));
  if (end - begin > MAX_OVERRIDE_DAYS * DAY)
    return refuse('too_long', 'Longer than a year: edit the schedule instead.', at('to'));
  if (begin - present > MAX_AHEAD_DAYS * DAY)
    return refuse('too_far_ahead', `${from} is more than two years ahead; is the year right?`, at('from'));
  return { kind: 'accepted', from: isoOf(Math.max(begin, present)), to: isoOf(end) };
}

export type CancelDecision = { kind: 'accepted' } | Refused;

/** An override that has begun is cut at `now` by the caller; a past one is refused. */
export function decideCancel(
  override: Span & { cancelledAt: string | null; cancelledBy: string | null },
  now: string,
): CancelDecision {
  const { cancelledAt, cancelledBy, to } = override;
  if (cancelledAt !== null)
    return refuse('already_cancelled', `${cancelledBy ?? 'Somebody'} cancelled it ${cancelledAt}.`);
  if (instantMs(to, 'to') <= instantMs(now, 'now'))
    return refuse('override_over', `It ended ${to}: the past never changes.`);
  return { kind: 'accepted' };
}

export const refuse = (code: string, detail: string, path?: string): Refused => ({
  kind: 'refused',
  code,
  detail,
  ...(path === undefined ? {} : { path }),
});
