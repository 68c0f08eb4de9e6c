/** Numbers, spans and counts in sentences about a metric. */
import { DAY, HOUR, MINUTE } from '../oncall/wall-clock.js';

/** Three significant digits, because a person at night compares and does not calculate. */
export function valueWords(value: number, unit = ''): string {
  const short = Number(value.toPrecision(3));
  const size = Math.abs(short);
  const digits =
    size !== 0 && (size >= 1e9 || size < 1e-3)
      ? short.toExponential()
      : short.toLocaleString('en', { maximumSignificantDigits: 3 });
  return `${digits}${unitWords(unit)}`;
}

const unitWords = (unit = ''): string => (unit === '' || unit === '%' ? unit : ` ${unit}`);

export function spanWords(ms: number): string {
  if (ms >= 2 * DAY && ms % DAY === 0) return `${ms / DAY} days`;
  if (ms === DAY) return 'day';
  if (ms >= 2 * HOUR) return `${Math.round(ms / HOUR)} h`;
  if (ms >= MINUTE) return `${Math.round(ms / MINUTE)} min`;
  return `${Math.round(ms / 1000)} s`;
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

export const countWords = (count: number, what: string): string =>
  `${small[count] ?? String(count)} ${what}${count === 1 ? '' : 's'}`;
