/**
 * Sends on a fixed schedule, whether or not earlier requests are answered: a slow system gets the full rate (no
 * coordinated omission).
 */
import { setTimeout as wait } from 'node:timers/promises';

export type Sent = {
  /** `performance.now()` of each intended send; latencies count from it. */
  intendedMs: number[];
  /** Failures by message, with their number. */
  failures: Map<string, number>;
};

/** Sends `count` at `perSecond` and resolves when all are answered. `send` rejects when the receiver refuses. */
export async function openLoop(
  { perSecond, count }: { perSecond: number; count: number },
  send: (index: number) => Promise<void>,
): Promise<Sent> {
  const everyMs = 1_000 / perSecond;
  const firstMs = performance.now() + everyMs;
  const sent: Sent = { intendedMs: [], failures: new Map() };
  const answers: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const intended = firstMs + index * everyMs;
    const leftMs = intended - performance.now();
    // A late send goes out at once, and its lateness counts: latency is measured from the intended time.
    if (leftMs > 0) await wait(leftMs);
    sent.intendedMs.push(intended);
    answers.push(
      send(index).catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        sent.failures.set(text, (sent.failures.get(text) ?? 0) + 1);
      }),
    );
  }
  await Promise.all(answers);
  return sent;
}
