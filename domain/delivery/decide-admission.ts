/**
 * Decides which due messages go now, which wait and why, and which are bundled into another message to the same address ("3 more
 * incidents"). One pure function for first attempts, retries and the break-glass pager.
 */
import type { Priority } from '../config/terms.js';
import { type PriorityClass, priorityClassNumber } from './priority-classes.js';
import { budgetSlot, isCounted, countPage } from './page-budget.js';
import { type SendingRate, rateOf, takeSlot } from './sending-rate.js';

/** One ledger row that is due. */
export interface DueDelivery {
  id: string;
  incident: string;
  type: string;
  priorityClass: PriorityClass;
  priority: Priority;
  person: string;
  contact: string;
  channel: string;
  address: string;
  isDrill: boolean;
  /** From 0: from cycle 1 on, a page is not the first notice of the incident any more. */
  cycle: number;
  /** Attempts made before. */
  attempts: number;
  /**
   * The page that this row was bundled into, when that page's outcome is unknown: the row then goes alone, marked as possible
   * duplicate, or in the same bundle.
   */
  bundle: string | null;
  dueAtMs: number;
}

export interface ChannelLimits {
  perSecond: number;
  perAddressPerMinute: number;
}

/** Stored rate state of a provider, an address or a person. */
export interface ScopeState {
  freeAtMs: number | null;
  recentMs: number[];
}

export interface Admission {
  go: string[];
  held: { id: string; atMs: number; because: string }[];
  bundled: { id: string; bundle: string }[];
  /** New state of the scopes that were used. */
  scopes: Map<string, ScopeState>;
}

/** A message that lists more would not be read to its end; the rest goes with the next one. */
const BUNDLED_AT_MOST = 100;

const isPage = (row: Pick<DueDelivery, 'type' | 'channel'>): boolean =>
  row.type === 'page.requested' && isCounted(row.channel);

/** Drills are counted separately: a drill never delays a real page and is never bundled with one. */
const destinationOf = ({ isDrill, person, channel, address }: Omit<DueDelivery, 'id'>): string =>
  `${isDrill ? 'drill' : 'person'}/${person}/${channel}/${address}`;

/** Scope of the per-person limit: pages, and separately notices, which never delay a page. Null for all other messages. */
function budgetOf(row: DueDelivery): string | null {
  if (isPage(row)) return destinationOf(row);
  return row.type === 'notice.sent' && isCounted(row.channel) ? `notice/${destinationOf(row)}` : null;
}

interface Limit {
  scope: string;
  rate: SendingRate;
  because: string;
}

function limitsOf({ channel, address }: DueDelivery, limits: ChannelLimits | undefined): Limit[] {
  if (limits === undefined) return [];
  const { perSecond, perAddressPerMinute } = limits;
  return [
    {
      scope: `provider/${channel}`,
      rate: rateOf(perSecond, 1_000),
      because: `held: ${channel} takes ${perSecond} messages a second`,
    },
    {
      scope: `address/${channel}/${address}`,
      rate: rateOf(perAddressPerMinute, 60_000),
      because: `held: ${perAddressPerMinute} messages a minute to one address of ${channel}`,
    },
  ];
}

export type LimitsByChannel = (channel: string) => ChannelLimits | undefined;

/** Scopes to read and lock, in this order, before the decision. Empty when no limit applies. */
export function scopesOf(dueRows: readonly DueDelivery[], limitsBy: LimitsByChannel): string[] {
  const scopes = dueRows.flatMap((row) => [
    ...limitsOf(row, limitsBy(row.channel)).map(({ scope }) => scope),
    ...[budgetOf(row)].filter((scope) => scope !== null),
  ]);
  return [...new Set(scopes)].toSorted();
}

/** `pending`: other pages to the same addresses that are due or delayed; a page that goes now bundles them. */
export function decideAdmission(
  dueRows: readonly DueDelivery[],
  pending: readonly DueDelivery[],
  {
    scopes: known,
    limitsBy,
    nowMs,
  }: { scopes: ReadonlyMap<string, ScopeState>; limitsBy: LimitsByChannel; nowMs: number },
): Admission {
  const admission: Admission = { go: [], held: [], bundled: [], scopes: new Map() };
  const bundles = new Map<string, { id: string; incident: string; left: number }>();
  const stateOf = (scope: string): ScopeState =>
    admission.scopes.get(scope) ?? known.get(scope) ?? { freeAtMs: null, recentMs: [] };

  const bundleInto = (row: DueDelivery): boolean => {
    const bundle = bundles.get(destinationOf(row));
    if (!isPage(row) || bundle === undefined || bundle.incident === row.incident || bundle.left === 0)
      return false;
    // A row that was attempted before, perhaps without a known outcome, is not listed as new.
    if (row.attempts > 0 || (row.bundle !== null && row.bundle !== bundle.id)) return false;
    bundle.left -= 1;
    admission.bundled.push({ id: row.id, bundle: bundle.id });
    return true;
  };

  for (const row of dueRows.toSorted(byUrgency)) {
    if (bundleInto(row)) continue;
    const slot = slotOf(row, limitsOf(row, limitsBy(row.channel)), stateOf, nowMs);
    if (slot.kind === 'later') {
      admission.held.push({ id: row.id, atMs: Math.ceil(slot.atMs), because: slot.because });
      continue;
    }
    admission.go.push(row.id);
    for (const [scope, state] of slot.used) admission.scopes.set(scope, state);
    const destination = destinationOf(row);
    if (isPage(row) && !bundles.has(destination))
      bundles.set(destination, { id: row.id, incident: row.incident, left: BUNDLED_AT_MOST });
  }
  const decided = new Set(dueRows.map(({ id }) => id));
  for (const row of pending.toSorted(byUrgency)) if (!decided.has(row.id)) bundleInto(row);
  // A delayed row that sorts before its bundle's page joins the bundle instead of waiting.
  const held = new Set(admission.held.map(({ id }) => id));
  for (const row of dueRows) if (held.has(row.id) && bundleInto(row)) held.delete(row.id);
  admission.held = admission.held.filter(({ id }) => held.has(id));
  return admission;
}

type Waiting = { atMs: number; because: string };
type Slot = { kind: 'now'; used: [string, ScopeState][] } | ({ kind: 'later' } & Waiting);

function slotOf(
  row: DueDelivery,
  limits: Limit[],
  stateOf: (scope: string) => ScopeState,
  nowMs: number,
): Slot {
  const used: [string, ScopeState][] = [];
  const waits: Waiting[] = [];
  for (const { scope, rate, because } of limits) {
    const state = stateOf(scope);
    const slot = takeSlot(rate, state.freeAtMs, nowMs, row.priorityClass);
    if (slot.kind === 'later') waits.push({ atMs: slot.atMs, because });
    else used.push([scope, { ...state, freeAtMs: slot.freeAtMs }]);
  }
  // A retry is the same message and was counted at its first attempt.
  const scope = budgetOf(row);
  if (scope !== null && row.attempts === 0) {
    const state = stateOf(scope);
    const slot = isUnlimited(row)
      ? ({ kind: 'now' } as const)
      : budgetSlot(state.recentMs, nowMs, isPage(row) ? 'pages' : 'notices');
    if (slot.kind === 'later') waits.push({ atMs: slot.atMs, because: slot.because });
    else used.push([scope, { ...state, recentMs: countPage(state.recentMs, nowMs) }]);
  }
  const longest = waits.toSorted((a, b) => b.atMs - a.atMs)[0];
  return longest === undefined ? { kind: 'now', used } : { kind: 'later', ...longest };
}

/** The first page of a P1 ignores the per-person limit. */
const isUnlimited = (row: DueDelivery): boolean =>
  isPage(row) && row.priority === 'P1' && row.cycle === 0 && !row.isDrill;

export const byUrgency = (a: DueDelivery, b: DueDelivery): number =>
  priorityClassNumber(a.priorityClass) - priorityClassNumber(b.priorityClass) ||
  a.priority.localeCompare(b.priority) ||
  a.dueAtMs - b.dueAtMs ||
  a.id.localeCompare(b.id);
