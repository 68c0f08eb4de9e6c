/** Converts the cron expressions of drills to the form of Temporal Schedules. */

/** Days of the month that can be the n-th of their weekday. */
const nth: Record<string, string> = { '1': '1-7', '2': '8-14', '3': '15-21', '4': '22-28', '5': '29-31' };

/**
 * `0 14 * * tue#1` (the first Tuesday) → `0 14 1-7 * tue`: Temporal's calendars have no `#` but require every field to match, so
 * the weekday within the first seven days is the first one (temporal.io, Schedules: calendar spec).
 */
export function temporalCron(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, weekday] = fields;
  const match = /^([a-z0-9]+)#([1-5])$/i.exec(weekday ?? '');
  const days = nth[match?.[2] ?? ''];
  if (match === null || days === undefined || dayOfMonth !== '*') return fields.join(' ');
  return [minute, hour, days, month, match[1]].join(' ');
}
