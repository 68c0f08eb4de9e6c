/** Clock changes of every zone, and a selection worth testing minute by minute. For tests. */
import moment from 'moment-timezone';

/** `at` in epoch milliseconds; offsets in minutes. */
export interface ZoneChange {
  at: number;
  before: number;
  after: number;
}

export interface ZoneRule {
  /** Zones with identical changes in the given years; the first represents all. */
  zones: string[];
  changes: ZoneChange[];
}

/** All zones, grouped by identical changes. */
export function zoneRules(fromYear: number, toYear: number): ZoneRule[] {
  const rules = new Map<string, ZoneRule>();
  for (const zone of moment.tz.names()) {
    const { firstOffset, changes } = changesOf(zone, Date.UTC(fromYear, 0), Date.UTC(toYear + 1, 0));
    const key = JSON.stringify([firstOffset, changes]);
    const known = rules.get(key);
    if (known === undefined) rules.set(key, { zones: [zone], changes });
    else known.zones.push(zone);
  }
  return [...rules.values()];
}

/** Every clock change of a zone from `from` up to `to`, epoch milliseconds. */
export function changesOf(
  zone: string,
  from: number,
  to: number,
): { firstOffset: number; changes: ZoneChange[] } {
  const changes: ZoneChange[] = [];
  const data = moment.tz.zone(zone);
  if (data === null) throw new Error(`no zone ${zone}`);
  const firstOffset = -data.utcOffset(from);
  let before = firstOffset;
  for (const at of data.untils) {
    if (at === null || at <= from || at >= to) continue;
    const after = -data.utcOffset(at);
    if (after !== before) changes.push({ at, before, after });
    before = after;
  }
  return { firstOffset, changes };
}

/** One change of each kind (size and time of day), the latest year last; at most `most`. */
export function oneOfEachKind(
  changes: readonly ZoneChange[],
  most: number,
  random: () => number,
): ZoneChange[] {
  const kinds = new Map<string, ZoneChange[]>();
  for (const change of changes) {
    const kind = `${change.after - change.before} ${(change.at / 60_000 + change.before) % 1440}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), change]);
  }
  return [...kinds.values()].slice(0, most).flatMap((same) => same[Math.floor(random() * same.length)] ?? []);
}
