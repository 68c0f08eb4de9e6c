import { describe, expect, it } from '@jest/globals';
import { type CanaryStatus, nextCanaryStep } from './canary.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const status = (changes: Partial<CanaryStatus> = {}): CanaryStatus => ({
  incident: { status: 'triggered', openedAt: at(0) },
  requestedAt: at(0),
  page: null,
  ...changes,
});
const acknowledged = { status: 'acknowledged', openedAt: at(0) } as const;

describe('the canary', () => {
  it('is opened when there is none, and anew when it has ended', () => {
    expect(nextCanaryStep(status({ incident: null }), at(1), 60_000)).toEqual({ do: 'open' });
    expect(
      nextCanaryStep(status({ incident: { status: 'closed', openedAt: at(0) } }), at(1), 60_000),
    ).toEqual({
      do: 'open',
    });
  });

  it('passes when the pipeline has paged it, and tells how long that took', () => {
    const paged = status({ page: { at: at(0.25), by: 'pipeline' } });
    expect(nextCanaryStep(paged, at(1), 60_000)).toEqual({ do: 'passed', tookMs: 250 });
  });

  it('waits for a minute, then is late; a page by the pager is a rescue and no success', () => {
    expect(nextCanaryStep(status(), at(59), 60_000)).toEqual({ do: 'wait' });
    expect(nextCanaryStep(status(), at(61), 60_000)).toMatchObject({ do: 'late' });
    const rescued = status({ page: { at: at(62), by: 'pager' } });
    expect(nextCanaryStep(rescued, at(63), 60_000)).toMatchObject({ do: 'rescued' });
  });

  it('is asked again after its interval, and replaced after a day', () => {
    expect(nextCanaryStep(status({ incident: acknowledged }), at(59), 60_000)).toEqual({ do: 'wait' });
    expect(nextCanaryStep(status({ incident: acknowledged }), at(60), 60_000)).toEqual({ do: 'ask' });
    expect(
      nextCanaryStep(status({ incident: acknowledged, requestedAt: at(86_400) }), at(86_500), 60_000),
    ).toEqual({
      do: 'open',
    });
  });
});
