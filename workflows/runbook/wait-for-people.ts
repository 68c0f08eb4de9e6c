/** Steps that people end. Their answer is on the record before this workflow hears of it; the timer only asks the record. */
import type { StepAt, StepStanding } from '../../activities/ports.js';
import { record } from './proxies.js';
import type { RunNews } from './run-news.js';

/** When the record still waits although the time is up (it refused), it is asked again after this long. */
const ASK_AGAIN_MS = 60_000;

/** `between`: what else is to be done while waiting. */
export async function waitForPeople(
  at: StepAt,
  news: RunNews,
  between: (retries: string[]) => Promise<void>,
): Promise<StepStanding> {
  let standing = await record.askPeople({ at });
  let until = standing.leftMs === null ? null : Date.now() + standing.leftMs;
  while (standing.state === 'waiting' && standing.run === 'going') {
    const heard = await news.next(until);
    // An answer may be committed with its signal still on the way, so the record says who was first.
    standing = await record.standing({ at: { ...at, execution: standing.execution }, expire: !heard });
    // Not over yet by the record's clock, which decides; or refused.
    if (!heard) until = Date.now() + (standing.leftMs || ASK_AGAIN_MS);
    await between(standing.retries);
  }
  return standing;
}
