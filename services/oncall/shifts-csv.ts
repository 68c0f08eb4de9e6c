/** A month of shifts as a table, for payroll and planning. RFC 4180; formulas are escaped (OWASP, CSV injection). */
import { stringify } from 'csv-stringify/sync';
import { wallDate } from '../../domain/oncall/zone-data.js';
import type { Gap, ResolvedShifts, Shift } from '../../domain/oncall/schedule.js';

const HOUR_MS = 3_600_000;

/**
 * Coverage gaps are rows without a person. Times are in UTC and on the schedule's clock; `hours` is elapsed time, also when the
 * clocks change.
 */
export function shiftsCsv(
  schedule: string,
  { items, gaps, timezone }: ResolvedShifts,
  displayName: (person: string) => string,
): string {
  const local = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'UTC',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const pieces: (Shift | Gap)[] = [...items, ...gaps];
  const rows = pieces
    .toSorted((a, b) => a.from.localeCompare(b.from))
    .map((piece) => {
      const shift = 'person' in piece ? piece : null;
      return {
        schedule,
        person: shift?.person ?? '',
        name: shift === null ? '' : displayName(shift.person),
        from: piece.from,
        to: piece.to,
        hours: Math.round(((Date.parse(piece.to) - Date.parse(piece.from)) / HOUR_MS) * 100) / 100,
        layer: shift?.source ?? 'nobody',
        from_local: local.format(wallDate(timezone, piece.from)),
        to_local: local.format(wallDate(timezone, piece.to)),
        timezone,
      };
    });
  return stringify(rows, {
    header: true,
    columns: COLUMNS,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}

const COLUMNS = [
  'schedule',
  'person',
  'name',
  'from',
  'to',
  'hours',
  'layer',
  'from_local',
  'to_local',
  'timezone',
];
