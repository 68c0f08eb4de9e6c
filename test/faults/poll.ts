/** Polling within a case: many cases wait at once on a small machine, so each polls less often. */
import { eventually } from '../harness/eventually.js';

/** The bound of I1 (docs/reliability.md): the person on call is paged by then, whatever is broken. */
export const PATIENCE_MS = 60_000;

/** A workflow learns after a minute that an activity was lost with its worker; people were paged long before. */
export const WORKFLOW_PATIENCE_MS = 150_000;

/** Like `eventually`, for as long as I1 allows. */
export const poll = <T>(
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  what: string,
  timeoutMs = PATIENCE_MS,
): Promise<T> => eventually(ask, { what, timeoutMs, everyMs: 150 });

/** Throws with `what` when the point is not reached in time. */
export async function within(reached: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not come true within ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    );
  });
  try {
    await Promise.race([reached, late]);
  } finally {
    clearTimeout(timer);
  }
}
