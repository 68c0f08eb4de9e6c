/** Elapsed time as written in documents: `30s`, `5m`, `2h`, `1d`. */
export type Duration = string;

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration. Throws on anything else, because documents are validated earlier. */
export function durationMs(duration: Duration): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(duration);
  const unit = match?.[2];
  if (match === null || unit === undefined)
    throw new Error(`"${duration}" is not a duration such as 30s, 5m, 2h or 1d`);
  return Number(match[1]) * (unitMs[unit] ?? 0);
}
