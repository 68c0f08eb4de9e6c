/**
 * The clock changes of IANA zones, from a package of this project and not from Node: Node's own data are as old as its
 * release (Node 20 has 2025c, in which ten zones are an hour wrong in 2026), and a page an hour late gives no sign of it.
 * `npm update moment-timezone` brings newer data.
 */
import moment from 'moment-timezone';

/** Release of the IANA time zone database, such as 2026f. */
export const ZONE_DATA_VERSION: string = moment.tz.dataVersion;

/** `offset` in milliseconds east of UTC holds from the end of the one before until `until` (epoch ms, may be infinite). */
export interface ZonePeriod {
  until: number;
  offset: number;
}

/** In their order, without neighbours of one offset; null for a zone that the data do not have. */
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

/** Milliseconds east of UTC at an instant (epoch ms); 0 for a zone that the data do not have. */
export function zoneOffset(zone: string, instant: number): number {
  const data = moment.tz.zone(zone);
  return data === null ? 0 : -Math.round(data.utcOffset(instant) * 60_000);
}

/** The date to format as if it were UTC, so that what is shown follows these data and not those of the formatter. */
export function wallDate(zone: string, iso: string): Date {
  const instant = Date.parse(iso);
  return new Date(instant + zoneOffset(zone, instant));
}
