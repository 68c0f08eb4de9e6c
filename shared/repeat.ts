/**
 * Repeats work at an interval, never twice at once, until stopped. An error is reported and does not end the
 * repetition.
 */
export interface Repeating {
  /** Runs the work now instead of at the next tick (after the current run). */
  wake(): void;
  /** Resolves when the current run has ended; none follows. */
  stop(): Promise<void>;
}

export function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Repeating {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const tick = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onError(error);
    }
  };
  const run = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    if (running !== null) {
      again = true;
      return;
    }
    running = tick().then(() => {
      running = null;
      if (stopped) return;
      if (again) {
        again = false;
        run();
      } else {
        timer = setTimeout(run, everyMs);
      }
    });
  };
  timer = setTimeout(run, 0);
  return {
    wake: run,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
