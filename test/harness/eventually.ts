/** Waits for a condition, never for a time: checks again until it holds or the patience ends. */
import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  timeoutMs?: number;
  /** The awaited condition, for the failure's message. */
  what?: string;
  /** Interval between two checks in ms; default 25. */
  everyMs?: number;
}

/** The first result that is not null, undefined or false; an error counts as "not yet" and is reported at the end. */
export async function eventually<T>(
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  patience: Patience = {},
): Promise<T> {
  const { timeoutMs = 30_000, what = 'the condition', everyMs = 25 } = patience;
  const deadline = performance.now() + timeoutMs;
  let last: unknown = null;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await pause(everyMs);
  }
  throw new Error(
    `${what} did not come true within ${timeoutMs} ms; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
    {
      cause: last,
    },
  );
}
