/** Steps that people end. Their answer is on the record before this workflow hears of it; the timer only asks the record. */
import type { StepAt, StepStanding } from '../../activities/ports.js';
import type { RenderedStep } from '../../domain/runbook/render-step.js';
import { record } from './proxies.js';
import type { RunNews } from './run-news.js';

type PeoplesStep = Extract<RenderedStep, { kind: 'manual' | 'approve' }>;

/** When the record still waits although the time is up (it refused), it is asked again after this long. */
const ASK_AGAIN_MS = 60_000;

/** `content`: what exactly is approved, as canonical JSON. `between`: what else is to be done while waiting. */
export async function waitForPeople(
  at: StepAt,
  step: PeoplesStep,
  content: string,
  news: RunNews,
  between: (retries: string[]) => Promise<void>,
): Promise<StepStanding> {
  const asked = await ask(at, step, content);
  let { standing } = asked;
  let until = asked.leftMs === null ? null : Date.now() + asked.leftMs;
  while (standing.state === 'waiting' && standing.run === 'going') {
    const heard = await news.next(until);
    // An answer may be committed with its signal still on the way, so the record says who was first.
    standing = await record.standing({ at: { ...at, execution: standing.execution }, expire: !heard });
    if (!heard) until = Date.now() + ASK_AGAIN_MS;
    await between(standing.retries);
  }
  return standing;
}

async function ask(
  at: StepAt,
  step: PeoplesStep,
  content: string,
): Promise<{ standing: StepStanding; leftMs: number | null }> {
  if (step.kind === 'manual') {
    return { standing: await record.waitForStep({ at, text: step.text }), leftMs: step.timeoutMs };
  }
  const { leftMs, ...standing } = await record.requestApproval({
    at,
    ask: step.ask,
    content,
    expiresInMs: step.timeoutMs,
  });
  return { standing, leftMs };
}
