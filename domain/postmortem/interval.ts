/** Measured times (docs/domain.md, Time): recorded, pending, not applicable or invalid, never a false zero. */

export type Interval =
  | { state: 'recorded'; ms: number }
  | { state: 'pending' }
  | { state: 'not_applicable'; reason: string }
  | { state: 'invalid'; reason: string };

/** Time between two instants (ISO 8601). Without an end it is pending, unless it can never end (`never` gives the reason). */
export function intervalBetween(
  from: string | null,
  to: string | null,
  never: string | null = null,
): Interval {
  if (to === null || from === null) {
    return never === null ? { state: 'pending' } : { state: 'not_applicable', reason: never };
  }
  const ms = Date.parse(to) - Date.parse(from);
  if (Number.isNaN(ms)) return { state: 'invalid', reason: `${from} or ${to} is not an instant` };
  return ms < 0
    ? { state: 'invalid', reason: `it ends (${to}) before it starts (${from})` }
    : { state: 'recorded', ms };
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `3 min 12 s`: the two largest units; under a second in ms. */
export function inWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  let rest = ms;
  const parts = units.flatMap(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return parts.slice(0, 2).join(' ');
}

/** An interval as text for people. */
export function describeInterval(interval: Interval): string {
  switch (interval.state) {
    case 'recorded':
      return inWords(interval.ms);
    case 'pending':
      return 'pending';
    case 'not_applicable':
      return `not applicable: ${interval.reason}`;
    case 'invalid':
      return `invalid: ${interval.reason}`;
  }
}
