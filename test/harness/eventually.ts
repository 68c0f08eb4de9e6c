/** Waiting for a condition, never for a time: asked again until it holds or the patience ends. */
import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  timeoutMs?: number;
  /** What is waited for, in the failure's message. */
  what?: string;
  /** Between two questions; default 25. */
  everyMs?: number;
}

/** The first answer that is neither null, undefined nor false; an error counts as "not yet" and is told at the end. */
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
