/** Waiting in a case: many wait at once on a small machine, so that each asks less often. */
import { eventually } from '../harness/eventually.js';

/** The bound of I1: whoever is on call is told by then, whatever has broken. */
export const PATIENCE_MS = 60_000;

/** As `eventually`, for as long as I1 allows. */
export const patiently = <T>(
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  what: string,
  everyMs = 150,
): Promise<T> => eventually(ask, { what, timeoutMs: PATIENCE_MS, everyMs });

/** Throws with `what` when it is not there in time. */
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
