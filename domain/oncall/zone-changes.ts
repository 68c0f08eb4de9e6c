/** Whether newer zone data move the clocks of a zone: what an update of the package changes for the documents in force. */
import type { ConfigDocument } from '../config/specs.js';
import { type ZonePeriod, zonePeriods } from './zone-data.js';

/** How far ahead two releases are compared; later rules change again before they matter. */
const AHEAD_MS = 2 * 366 * 86_400_000;

/** The periods from now to two years ahead; `until` of the last is the end of that time. Null for an unknown zone. */
export function nearPeriods(zone: string, nowMs: number): ZonePeriod[] | null {
  const periods = zonePeriods(zone);
  if (periods === null) return null;
  const end = nowMs + AHEAD_MS;
  const near = periods.filter(({ until }, index) => {
    const from = periods[index - 1]?.until ?? Number.NEGATIVE_INFINITY;
    return until > nowMs && from < end;
  });
  return near.map(({ until, offset }) => ({ until: Math.min(until, end), offset }));
}

export interface ClockMove {
  /** First instant whose wall clock differs, epoch ms. */
  at: number;
  /** Milliseconds east of UTC by the older and by the newer data. */
  before: number;
  after: number;
}

/** The first difference that is still ahead, within the time that both lists cover; null when there is none. */
export function firstMove(
  before: readonly ZonePeriod[],
  after: readonly ZonePeriod[],
  nowMs: number,
): ClockMove | null {
  const end = Math.min(before.at(-1)?.until ?? nowMs, after.at(-1)?.until ?? nowMs);
  const instants = [nowMs, ...before.map(({ until }) => until), ...after.map(({ until }) => until)]
    .filter((at) => at >= nowMs && at < end)
    .toSorted((a, b) => a - b);
  for (const at of instants) {
    const [old, current] = [offsetAt(before, at), offsetAt(after, at)];
    if (old !== null && current !== null && old !== current) return { at, before: old, after: current };
  }
  return null;
}

const offsetAt = (periods: readonly ZonePeriod[], at: number): number | null =>
  periods.find(({ until }) => at < until)?.offset ?? null;

type NamedSpec = Pick<ConfigDocument, 'kind' | 'name' | 'spec'>;

/** Zones that documents name, with the documents: `Schedule checkout-primary`. */
export function zonesInUse(documents: readonly NamedSpec[]): Map<string, string[]> {
  const zones = new Map<string, Set<string>>();
  for (const { kind, name, spec } of documents)
    for (const zone of zonesIn(spec)) {
      const users = zones.get(zone) ?? new Set();
      zones.set(zone, users.add(`${kind} ${name}`));
    }
  return new Map([...zones].map(([zone, users]) => [zone, [...users]]));
}

function zonesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    field === 'timezone' && typeof inner === 'string' ? [inner] : zonesIn(inner),
  );
}
