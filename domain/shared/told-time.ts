/** Instants in sentences and messages: in the reader's zone, with its name. A zone that is not known is UTC. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  formats.set(zone, made);
  return made;
}

/** `2026-11-22 23:10 CET`. */
export function minuteText(instant: string, zone = 'UTC'): string {
  let format: Intl.DateTimeFormat;
  try {
    format = formatOf(zone);
  } catch {
    format = formatOf('UTC');
  }
  const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/** `23:10 CET`. */
export const clockText = (instant: string, zone = 'UTC'): string => minuteText(instant, zone).slice(11);

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence with its instants told in a zone. */
export const withTimesIn = (text: string, zone = 'UTC'): string =>
  text.replace(INSTANT, (instant) =>
    Number.isNaN(Date.parse(instant)) ? instant : minuteText(instant, zone),
  );
