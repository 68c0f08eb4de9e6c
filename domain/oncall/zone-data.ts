/**
 * Clock changes of IANA zones, from a package instead of Node: Node's data are as old as its release (Node 20 has 2025c, in which
 * ten zones are an hour wrong in 2026), and a page sent an hour late looks like a normal one. `npm update moment-timezone`
 * installs newer data.
 */
import moment from 'moment-timezone';

/** Release of the IANA time zone database, such as 2026f. */
export const ZONE_DATA_VERSION: string = moment.tz.dataVersion;

/** `offset` in milliseconds east of UTC applies from the end of the previous period until `until` (epoch ms, may be infinite). */
export interface ZonePeriod {
  until: number;
  offset: number;
}

/** In chronological order, with adjacent periods of equal offset merged; null for an unknown zone. */
export function zonePeriods(zone: string): ZonePeriod[] | null {
  const data = moment.tz.zone(zone);
  if (data === null) return null;
  const periods: ZonePeriod[] = [];
  data.untils.forEach((until, index) => {
    const offset = -Math.round((data.offsets[index] ?? 0) * 60_000);
    const last = periods.at(-1);
    if (last?.offset === offset) last.until = until ?? Number.POSITIVE_INFINITY;
    else periods.push({ until: until ?? Number.POSITIVE_INFINITY, offset });
  });
  return periods;
}

/** Milliseconds east of UTC at an instant (epoch ms); 0 for an unknown zone. */
export function zoneOffset(zone: string, instant: number): number {
  const data = moment.tz.zone(zone);
  return data === null ? 0 : -Math.round(data.utcOffset(instant) * 60_000);
}

/** The date to format as if it were UTC, so that the output follows these data and not those of the formatter. */
export function wallDate(zone: string, iso: string): Date {
  const instant = Date.parse(iso);
  return new Date(instant + zoneOffset(zone, instant));
}
