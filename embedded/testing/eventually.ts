import { setTimeout as wait } from 'node:timers/promises';

/** Repeats `check` until it passes; after the deadline throws its last failure. */
export async function eventually(check: () => void | Promise<void>, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await wait(20);
    }
  }
}
