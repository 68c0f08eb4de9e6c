/** How long Slack's socket is waited for. Pure. */

export interface SocketTimings {
  /** For each of: asking for an address, connecting, the first word of Slack. */
  openMs: number;
  /** Between two pings of ours. */
  pingMs: number;
  /** Nothing heard for so long, not even a pong: the connection is dead. */
  silentMs: number;
  /** A connection that lived for so long was a good one: the next attempt after it is the first again. */
  stableMs: number;
  /** Before the second attempt; doubled for each one after it up to the longest. */
  firstWaitMs: number;
  longestWaitMs: number;
  /** At the end: for the answers under way. */
  finishMs: number;
}

export const socketTimings: SocketTimings = {
  openMs: 10_000,
  pingMs: 10_000,
  silentMs: 30_000,
  stableMs: 30_000,
  firstWaitMs: 1_000,
  // Slack promises no more than one `apps.connections.open` a minute.
  longestWaitMs: 60_000,
  finishMs: 5_000,
};

/**
 * Before the next attempt after so many failures in a row; never shorter than Slack asks for. `random` (0 to 1) keeps
 * replicas that were cut off together from coming back together.
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
