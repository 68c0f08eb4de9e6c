/** Time-outs of Slack's socket. Pure. */

export interface SocketTimings {
  /** For each of: requesting an address, connecting, Slack's hello. */
  openMs: number;
  /** Between two of our pings. */
  pingMs: number;
  /** Without any frame for this long, pongs included, the connection is dead. */
  silentMs: number;
  /** After a connection that lived this long the count of failures starts again. */
  stableMs: number;
  /** Before the second attempt; doubled for each further attempt up to the longest. */
  firstWaitMs: number;
  longestWaitMs: number;
  /** At shutdown: for answers under way. */
  finishMs: number;
}

export const socketTimings: SocketTimings = {
  openMs: 10_000,
  pingMs: 10_000,
  silentMs: 30_000,
  stableMs: 30_000,
  firstWaitMs: 1_000,
  // Slack allows one `apps.connections.open` a minute.
  longestWaitMs: 60_000,
  finishMs: 5_000,
};

/**
 * Wait before the next attempt after this many failures in a row; never shorter than Slack asks for. `random` (0 to 1) keeps
 * replicas that were cut off together from reconnecting together.
 */
export function waitBefore(
  failures: number,
  retryAfterMs: number,
  random: number,
  { firstWaitMs, longestWaitMs }: Pick<SocketTimings, 'firstWaitMs' | 'longestWaitMs'>,
): number {
  const most =
    failures === 0 ? firstWaitMs / 2 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 20));
  const least = failures === 0 ? 0 : most / 2;
  const own = least + random * (most - least);
  return retryAfterMs === 0 ? own : Math.max(own, retryAfterMs + random * firstWaitMs);
}
