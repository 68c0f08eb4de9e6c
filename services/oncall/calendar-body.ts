/**
 * Shifts as iCalendar text (RFC 5545; docs/wire.md §4.4): stable UIDs, rising SEQUENCE, UTC, the same bytes for the same shifts.
 */
import { createHash } from 'node:crypto';
import ical, { ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import type { ScheduleChanges } from '../../db/oncall/calendar-feeds.js';
import type { CalendarEntry } from '../../domain/oncall/calendar-events.js';
import { type DisplayNames, documentKey } from '../../domain/config/display-names.js';

/** Refresh interval for calendar applications; they treat it as a hint. */
const REFRESH_SECONDS = 3600;

export interface CalendarBody {
  title: string;
  entries: readonly CalendarEntry[];
  changes: ReadonlyMap<string, ScheduleChanges>;
  names: DisplayNames;
  publicUrl: string;
}

export function calendarBody({ title, entries, changes, names, publicUrl }: CalendarBody): string {
  const calendar = ical({
    name: title,
    prodId: { company: 'Tocsin', product: 'On-call', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH_SECONDS,
  });
  const { host } = new URL(publicUrl);
  for (const { key, schedule, person, from, to, source, isCancelled } of entries) {
    const { sequence, at } = changes.get(schedule) ?? { sequence: 0, at: from };
    const who = names.get(person) ?? person;
    const title = names.get(documentKey('Schedule', schedule)) ?? schedule;
    calendar.createEvent({
      id: `${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${host}`,
      sequence,
      // Time of the last change, not of this reply: without a change the bytes stay the same.
      stamp: new Date(at),
      start: new Date(from),
      end: new Date(to),
      summary: `${who} on call: ${title}`,
      description: source === 'override' ? `Override of ${title}` : `Layer ${source} of ${title}`,
      url: `${publicUrl}/on-call`,
      status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      // Being on call does not block meetings.
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  return calendar.toString();
}
