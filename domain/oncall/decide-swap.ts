/**
 * Swaps: somebody asks another person, or anybody of the schedule, to take a shift, perhaps for one of theirs; once
 * accepted it is overrides (domain.md, On-call schedules). Pure; the store asks with what is true in its transaction.
 */
import { decideSpan, type Refused, refuse, type Span } from './decide-override.js';
import type { Override, ResolvedShifts } from './schedule.js';
import { instantMs, isoOf } from './wall-clock.js';

export type SwapState = 'open' | 'accepted' | 'declined' | 'withdrawn';

export interface SwapAsked {
  /** Whose shift it is. */
  by: string;
  /** Null: whoever of the schedule's people accepts first. */
  to: string | null;
  shift: Span;
  /** What the asker takes over for it. */
  inReturn: Span | null;
}

export interface SwapRequest extends SwapAsked {
  state: SwapState;
  decidedBy: string | null;
  decidedAt: string | null;
}

export interface SwapFacts {
  now: string;
  isPerson: (name: string) => boolean;
  /** Has this person the whole of this time? See `holdsAll`. */
  holds: (person: string, span: Span) => boolean;
}

export type SwapDecision = { kind: 'accepted'; shift: Span; inReturn: Span | null } | Refused;

/** `people`: those of the schedule. `open`: what the asker has asked for already and nobody has answered. */
export function decideSwapAsk(
  { by, to, shift, inReturn }: SwapAsked,
  facts: SwapFacts & { open: readonly Span[]; people: readonly string[] },
): SwapDecision {
  const { now, isPerson, holds, open, people } = facts;
  if (to !== null && !isPerson(to)) return refuse('unknown_person', `There is no person ${to}.`, 'to');
  if (to === by) return refuse('asks_oneself', `${by} has this shift already.`, 'to');
  if (to === null && inReturn !== null)
    return refuse('nobody_to_swap_with', 'A shift in return needs a person to swap with.', 'to');
  if (to === null && people.every((one) => one === by))
    return refuse('nobody_to_ask', `${by} is the only one of this schedule; name the person to ask.`, 'to');
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
    return refuse('already_asked', `${by} has asked for ${textOf(again)} already; withdraw that first.`);
  return { kind: 'accepted', shift: spanOf(given), inReturn: back === null ? null : spanOf(back) };
}

export type SwapAccepted = { kind: 'accepted'; overrides: Override[] } | Refused;

/** `people`: those of the schedule, who may answer a request to anybody. A request that the world has overtaken is refused. */
export function decideSwapAccept(
  request: SwapRequest,
  by: string,
  { now, holds, people }: SwapFacts & { people: readonly string[] },
): SwapAccepted {
  const closed = refuseClosed(request);
  if (closed !== null) return closed;
  const asker = request.by;
  if (by === asker) return refuse('own_request', `${by} asked for this; somebody else has to accept.`);
  if (request.to !== null && request.to !== by)
    return refuse('not_asked', `${asker} asked ${request.to}, not ${by}.`);
  if (request.to === null && !people.includes(by))
    return refuse('not_asked', `${asker} asked the people of this schedule; ${by} is none of them.`);
  const shift = rest(request.shift, now);
  const back = request.inReturn === null ? null : rest(request.inReturn, now);
  if (shift === null || (request.inReturn !== null && back === null))
    return refuse('swap_over', 'A shift of this request is over; ask anew.');
  if (!holds(asker, shift))
    return refuse('swap_stale', `${asker} is no longer on call ${textOf(shift)}; ask anew.`);
  if (back !== null && !holds(by, back))
    return refuse('swap_stale', `${by} is no longer on call ${textOf(back)}; ask anew.`);
  const overrides = [{ ...shift, person: by }];
  if (back !== null) overrides.push({ ...back, person: asker });
  return { kind: 'accepted', overrides };
}

/** `isManager`: of the schedule; may withdraw what others asked. */
export function decideSwapClose(
  request: SwapRequest,
  how: 'decline' | 'withdraw',
  { by, isManager }: { by: string; isManager: boolean },
): { kind: 'accepted' } | Refused {
  const closed = refuseClosed(request);
  if (closed !== null) return closed;
  if (how === 'withdraw') {
    if (by === request.by || isManager) return { kind: 'accepted' };
    return refuse('not_yours', `${request.by} asked for this; they or a manager may withdraw it.`);
  }
  if (request.to === by) return { kind: 'accepted' };
  const asked = request.to ?? 'anybody';
  return refuse('not_asked', `${request.by} asked ${asked}; whoever was not asked by name cannot decline.`);
}

/** Is `person` on call for all of it, and is there anything of it? */
export const holdsAll = ({ items, gaps }: ResolvedShifts, person: string): boolean =>
  items.length > 0 && gaps.length === 0 && items.every((item) => item.person === person);

function refuseClosed({ state, decidedBy, decidedAt }: SwapRequest): Refused | null {
  if (state === 'open') return null;
  return refuse(`swap_${state}`, `${decidedBy ?? 'Somebody'} has ${state} this request ${decidedAt ?? ''}.`);
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
