/** Items that a fake provider received, in order, and tests that wait for more. No polling: an arrival wakes its waiter. */

export interface WaitingList<T> {
  /** All arrivals. */
  readonly all: readonly T[];
  add(item: T): void;
  /** The first matching arrival that was not returned before, now or later. Rejects when the time is over. */
  next(predicate: (item: T) => boolean, timeoutMs: number, what: string): Promise<T>;
}

export function createWaitingList<T>(describe: (item: T) => string): WaitingList<T> {
  const all: T[] = [];
  const handedOut = new Set<T>();
  const waiters = new Set<{ matches: (item: T) => boolean; give: (item: T) => void }>();

  return {
    all,
    add(item) {
      all.push(item);
      for (const waiter of waiters) {
        if (!waiter.matches(item)) continue;
        waiter.give(item);
        return;
      }
    },
    next(predicate, timeoutMs, what) {
      const waiting = all.find((item) => !handedOut.has(item) && predicate(item));
      if (waiting !== undefined) {
        handedOut.add(waiting);
        return Promise.resolve(waiting);
      }
      return new Promise((resolve, reject) => {
        const waiter = {
          matches: predicate,
          give: (item: T): void => {
            clearTimeout(timer);
            waiters.delete(waiter);
            handedOut.add(item);
            resolve(item);
          },
        };
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          const seen = all
            .map((item) => `\n  ${handedOut.has(item) ? 'handed out' : 'not matched'}: ${describe(item)}`)
            .join('');
          reject(new Error(`no ${what} within ${timeoutMs} ms; received ${all.length}:${seen}`));
        }, timeoutMs);
        waiters.add(waiter);
      });
    },
  };
}
