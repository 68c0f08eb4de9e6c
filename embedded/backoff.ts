/**
 * Back-off before a dead child is restarted: doubled with every consecutive death, with jitter, never above the cap.
 */
export type Backoff = { firstMs: number; capMs: number };

/**
 * `deaths` counts from 1; `random` is in [0, 1). The result lies between half and the whole of the doubled delay, so
 * that children that died together do not restart in the same instant.
 */
export function backoffMs({ firstMs, capMs }: Backoff, deaths: number, random: number): number {
  const whole = Math.min(capMs, firstMs * 2 ** Math.min(deaths - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * random);
}
