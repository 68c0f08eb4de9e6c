/**
 * Of the messages that are due: which go now, which wait and why, and which are carried by another that goes to the same address
 * ("3 more incidents"). One pure function for the first attempt, the retries and the pager.
 */
import type { Priority } from '../config/specs.js';
import { type Lane, laneNumber } from './lanes.js';
import { budgetTurn, isCounted, spendBudget } from './page-budget.js';
import { type Pace, paceOf, takePace } from './pace.js';

/** One ledger row that is owed now. */
export interface Ask {
  id: string;
  incident: string;
  type: string;
  lane: Lane;
  priority: Priority;
  person: string;
  contact: string;
  channel: string;
  address: string;
  isDrill: boolean;
  /** Counts from 0: a return to an earlier step is not the first sight of the incident any more. */
  cycle: number;
  /** Attempts made before. */
  attempts: number;
  /** The page that was to carry this one and was not heard of again: then it goes by itself, marked, or with the same. */
  carrier: string | null;
  dueAtMs: number;
}

export interface ChannelLimits {
  perSecond: number;
  perAddressPerMinute: number;
}

/** What is remembered of a provider, an address or a person. */
export interface ScopeState {
  freeAtMs: number | null;
  recentMs: number[];
}

export interface Turns {
  go: string[];
  held: { id: string; atMs: number; because: string }[];
  carried: { id: string; carrier: string }[];
  /** The scopes that were used, as they are now. */
  scopes: Map<string, ScopeState>;
}

/** A message that names more would not be read to its end; the rest goes with the next. */
export const CARRIED_AT_MOST = 100;

const isPage = (ask: Pick<Ask, 'type' | 'channel'>): boolean =>
  ask.type === 'page.requested' && isCounted(ask.channel);

/** An exercise is counted by itself: it never delays a real page, and is never named in one. */
const destinationOf = ({ isDrill, person, channel, address }: Omit<Ask, 'id'>): string =>
  `${isDrill ? 'drill' : 'person'}/${person}/${channel}/${address}`;

/** What is limited by how much one person is sent: pages, and beside them notices, which never delay a page. Null for all else. */
function budgetOf(ask: Ask): string | null {
  if (isPage(ask)) return destinationOf(ask);
  return ask.type === 'notice.sent' && isCounted(ask.channel) ? `notice/${destinationOf(ask)}` : null;
}

interface Limit {
  scope: string;
  pace: Pace;
  because: string;
}

function limitsOf({ channel, address }: Ask, limits: ChannelLimits | undefined): Limit[] {
  if (limits === undefined) return [];
  const { perSecond, perAddressPerMinute } = limits;
  return [
    {
      scope: `provider/${channel}`,
      pace: paceOf(perSecond, 1_000),
      because: `held: ${channel} takes ${perSecond} messages a second`,
    },
    {
      scope: `address/${channel}/${address}`,
      pace: paceOf(perAddressPerMinute, 60_000),
      because: `held: ${perAddressPerMinute} messages a minute to one address of ${channel}`,
    },
  ];
}

export type LimitsByChannel = (channel: string) => ChannelLimits | undefined;

/** What has to be known, and locked in this order, before these can be decided on. Empty for what nothing limits. */
export function scopesOf(asks: readonly Ask[], limitsBy: LimitsByChannel): string[] {
  const scopes = asks.flatMap((ask) => [
    ...limitsOf(ask, limitsBy(ask.channel)).map(({ scope }) => scope),
    ...[budgetOf(ask)].filter((scope) => scope !== null),
  ]);
  return [...new Set(scopes)].toSorted();
}

/** `owed`: other pages at the same addresses that are due or held; one that goes now carries them. */
export function decideTurns(
  asks: readonly Ask[],
  owed: readonly Ask[],
  {
    scopes: known,
    limitsBy,
    nowMs,
  }: { scopes: ReadonlyMap<string, ScopeState>; limitsBy: LimitsByChannel; nowMs: number },
): Turns {
  const turns: Turns = { go: [], held: [], carried: [], scopes: new Map() };
  const carriers = new Map<string, { id: string; incident: string; left: number }>();
  const stateOf = (scope: string): ScopeState =>
    turns.scopes.get(scope) ?? known.get(scope) ?? { freeAtMs: null, recentMs: [] };

  const carry = (ask: Ask): boolean => {
    const carrier = carriers.get(destinationOf(ask));
    if (!isPage(ask) || carrier === undefined || carrier.incident === ask.incident || carrier.left === 0)
      return false;
    // What was sent before, perhaps unheard of, is not named as new.
    if (ask.attempts > 0 || (ask.carrier !== null && ask.carrier !== carrier.id)) return false;
    carrier.left -= 1;
    turns.carried.push({ id: ask.id, carrier: carrier.id });
    return true;
  };

  for (const ask of asks.toSorted(byUrgency)) {
    if (carry(ask)) continue;
    const turn = turnOf(ask, limitsOf(ask, limitsBy(ask.channel)), stateOf, nowMs);
    if (turn.kind === 'later') {
      turns.held.push({ id: ask.id, atMs: Math.ceil(turn.atMs), because: turn.because });
      continue;
    }
    turns.go.push(ask.id);
    for (const [scope, state] of turn.used) turns.scopes.set(scope, state);
    const destination = destinationOf(ask);
    if (isPage(ask) && !carriers.has(destination))
      carriers.set(destination, { id: ask.id, incident: ask.incident, left: CARRIED_AT_MOST });
  }
  const decided = new Set(asks.map(({ id }) => id));
  for (const ask of owed.toSorted(byUrgency)) if (!decided.has(ask.id)) carry(ask);
  // Whose turn had not come before the carrier's did is carried as well, instead of waiting for it.
  const held = new Set(turns.held.map(({ id }) => id));
  for (const ask of asks) if (held.has(ask.id) && carry(ask)) held.delete(ask.id);
  turns.held = turns.held.filter(({ id }) => held.has(id));
  return turns;
}

type Waiting = { atMs: number; because: string };
type Turn = { kind: 'now'; used: [string, ScopeState][] } | ({ kind: 'later' } & Waiting);

function turnOf(ask: Ask, limits: Limit[], stateOf: (scope: string) => ScopeState, nowMs: number): Turn {
  const used: [string, ScopeState][] = [];
  const waits: Waiting[] = [];
  for (const { scope, pace, because } of limits) {
    const state = stateOf(scope);
    const turn = takePace(pace, state.freeAtMs, nowMs, ask.lane);
    if (turn.kind === 'later') waits.push({ atMs: turn.atMs, because });
    else used.push([scope, { ...state, freeAtMs: turn.freeAtMs }]);
  }
  // A repeated attempt is the same message: it was counted when it was first tried.
  const scope = budgetOf(ask);
  if (scope !== null && ask.attempts === 0) {
    const state = stateOf(scope);
    const turn = isUnheld(ask)
      ? ({ kind: 'now' } as const)
      : budgetTurn(state.recentMs, nowMs, isPage(ask) ? 'pages' : 'notices');
    if (turn.kind === 'later') waits.push({ atMs: turn.atMs, because: turn.because });
    else used.push([scope, { ...state, recentMs: spendBudget(state.recentMs, nowMs) }]);
  }
  const longest = waits.toSorted((a, b) => b.atMs - a.atMs)[0];
  return longest === undefined ? { kind: 'now', used } : { kind: 'later', ...longest };
}

/** The first sight of a P1 goes out whatever the person was sent before. */
const isUnheld = (ask: Ask): boolean =>
  isPage(ask) && ask.priority === 'P1' && ask.cycle === 0 && !ask.isDrill;

export const byUrgency = (a: Ask, b: Ask): number =>
  laneNumber(a.lane) - laneNumber(b.lane) ||
  a.priority.localeCompare(b.priority) ||
  a.dueAtMs - b.dueAtMs ||
  a.id.localeCompare(b.id);
