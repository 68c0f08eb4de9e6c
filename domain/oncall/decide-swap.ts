/**
 * Swaps: a person asks another person, or anybody of the schedule, to take a shift, optionally in return for another; an accepted
 * swap becomes overrides (docs/domain.md, On-call schedules). Pure; the store provides the state of its transaction.
 */
import { decideSpan, type Refused, refuse, type Span } from './decide-override.js';
import type { Override, ResolvedShifts } from './schedule.js';
import { instantMs, isoOf } from './wall-clock.js';

type SwapState = 'open' | 'accepted' | 'declined' | 'withdrawn';

export interface SwapRequested {
  /** The person whose shift is offered. */
  by: string;
  /** Null: the first of the schedule's people to accept. */
  to: string | null;
  shift: Span;
  /** The shift that the requester takes in return. */
  inReturn: Span | null;
}

export interface SwapRequest extends SwapRequested {
  state: SwapState;
  decidedBy: string | null;
  decidedAt: string | null;
}

export interface SwapFacts {
  now: string;
  isPerson: (name: string) => boolean;
  /** True when the person is on call for the whole span. See `holdsAll`. */
  holds: (person: string, span: Span) => boolean;
}

export type SwapDecision = { kind: 'accepted'; shift: Span; inReturn: Span | null } | Refused;

/** `people`: those of the schedule. `open`: spans of the requester's pending requests. */
export function decideSwapRequest(
  { by, to, shift, inReturn }: SwapRequested,
  facts: SwapFacts & { open: readonly Span[]; people: readonly string[] },
): SwapDecision {
  const { now, isPerson, holds, open, people } = facts;
  if (to !== null && !isPerson(to)) return refuse('unknown_person', `There is no person ${to}.`, 'to');
  if (to === by) return refuse('own_shift', `${by} has this shift already.`, 'to');
  if (to === null && inReturn !== null)
    return refuse('nobody_to_swap_with', 'A shift in return needs a person to swap with.', 'to');
  if (to === null && people.every((one) => one === by))
    return refuse(
      'no_other_person',
      `${by} is the only person in this schedule; name the person to request cover from.`,
      'to',
    );
  const given = decideSpan(shift, now, 'shift');
  if (given.kind === 'refused') return given;
  if (!holds(by, given)) return refuse('not_your_shift', `${by} is not on call ${textOf(given)}.`, 'shift');
  const back = inReturn === null ? null : decideSpan(inReturn, now, 'inReturn');
  if (back?.kind === 'refused') return back;
  if (back !== null && to !== null && !holds(to, back))
    return refuse('not_their_shift', `${to} is not on call ${textOf(back)}.`, 'inReturn');
  if (back !== null && overlap(given, back))
    return refuse('same_time', 'The two shifts overlap: nobody would be relieved.', 'inReturn');
  const again = open.find((one) => overlap(one, given));
  if (again !== undefined)
    return refuse(
      'already_requested',
      `${by} has an open request for the shift ${textOf(again)}; withdraw it first.`,
    );
  return { kind: 'accepted', shift: spanOf(given), inReturn: back === null ? null : spanOf(back) };
}

export type SwapAccepted = { kind: 'accepted'; overrides: Override[] } | Refused;

/**
 * `people`: those of the schedule, who may answer a request to anybody. A request that no longer matches the schedule is refused.
 */
export function decideSwapAccept(
  request: SwapRequest,
  by: string,
  { now, holds, people }: SwapFacts & { people: readonly string[] },
): SwapAccepted {
  const closed = refuseClosed(request);
  if (closed !== null) return closed;
  const requester = request.by;
  if (by === requester)
    return refuse('own_request', `${by} made this request; another person has to accept it.`);
  if (request.to !== null && request.to !== by)
    return refuse('not_requested', `This request is for ${request.to}, not ${by}.`);
  if (request.to === null && !people.includes(by))
    return refuse(
      'not_requested',
      `This request is for the people of this schedule; ${by} is not one of them.`,
    );
  const shift = rest(request.shift, now);
  const back = request.inReturn === null ? null : rest(request.inReturn, now);
  if (shift === null || (request.inReturn !== null && back === null))
    return refuse('swap_over', 'A shift of this request is over; make a new request.');
  if (!holds(requester, shift))
    return refuse('swap_stale', `${requester} is no longer on call ${textOf(shift)}; make a new request.`);
  if (back !== null && !holds(by, back))
    return refuse('swap_stale', `${by} is no longer on call ${textOf(back)}; make a new request.`);
  const overrides = [{ ...shift, person: by }];
  if (back !== null) overrides.push({ ...back, person: requester });
  return { kind: 'accepted', overrides };
}

/** `isManager`: of the schedule; may withdraw requests of others. */
export function decideSwapClose(
  request: SwapRequest,
  how: 'decline' | 'withdraw',
  { by, isManager }: { by: string; isManager: boolean },
): { kind: 'accepted' } | Refused {
  const closed = refuseClosed(request);
  if (closed !== null) return closed;
  if (how === 'withdraw') {
    if (by === request.by || isManager) return { kind: 'accepted' };
    return refuse('not_yours', `${request.by} made this request; only they or a manager may withdraw it.`);
  }
  if (request.to === by) return { kind: 'accepted' };
  return refuse(
    'not_requested',
    `This request is for ${request.to ?? 'anybody'}; only a person requested by name can decline it.`,
  );
}

/** True when `person` is on call for the whole, non-empty span. */
export const holdsAll = ({ items, gaps }: ResolvedShifts, person: string): boolean =>
  items.length > 0 && gaps.length === 0 && items.every((item) => item.person === person);

function refuseClosed({ state, decidedBy, decidedAt }: SwapRequest): Refused | null {
  if (state === 'open') return null;
  const by = decidedBy === null ? '' : ` by ${decidedBy}`;
  const at = decidedAt === null ? '' : ` at ${decidedAt}`;
  return refuse(`swap_${state}`, `This request was ${state}${by}${at}.`);
}

function rest({ from, to }: Span, now: string): Span | null {
  const present = instantMs(now, 'now');
  const end = instantMs(to, 'to');
  return end <= present ? null : { from: isoOf(Math.max(instantMs(from, 'from'), present)), to: isoOf(end) };
}

const overlap = (a: Span, b: Span): boolean =>
  Date.parse(a.from) < Date.parse(b.to) && Date.parse(b.from) < Date.parse(a.to);
const spanOf = ({ from, to }: Span): Span => ({ from, to });
const textOf = ({ from, to }: Span): string => `from ${from} to ${to}`;
