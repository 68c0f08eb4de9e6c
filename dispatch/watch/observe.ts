/** What a watch sees at one evaluation: its metric's answer, or the values that were pushed; each with the expected value. */
import type { DataSource } from 'typeorm';
import type { WatchClaim } from '../../db/watch/watch-store.js';
import { readPushedValues } from '../../db/watch/pushed-values.js';
import { readHistory } from '../../db/watch/watch-history.js';
import type { TimedValue } from '../../domain/watch/buckets.js';
import {
  expectedFrom,
  expectedSlot,
  historyFor,
  learned,
  type Expected,
} from '../../domain/watch/expected.js';
import type { Observation, WatchDocument } from '../../domain/watch/fold-watch.js';
import { notLearned } from '../../domain/watch/not-learned.js';
import type { WatchState } from '../../domain/watch/watch-state.js';
import { durationMs } from '../../domain/shared/duration.js';
import { askMetric, type MetricParts } from './ask-metric.js';
import { keepFirstHistory } from './first-history.js';

export interface Observed {
  observations: Observation[];
  /** Every value seen, also those that came too late to be judged. */
  values: TimedValue[];
  /** Pushed values among them. */
  taken: TimedValue[];
  /** The time that the metric's server gave. */
  answeredAt: number | null;
}

export class Observer {
  private readonly expected = new Map<string, { slot: string; expected: Expected }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: MetricParts,
  ) {}

  async observe(document: WatchDocument, timezone: string, claim: WatchClaim): Promise<Observed> {
    const { source } = document.spec;
    if ('push' in source) return this.observePushed(document, timezone, claim);
    const { now } = claim;
    const answer = await askMetric(this.metrics, source.prometheus, claim.state?.answeredAt ?? null);
    if (answer.kind === 'not_judged') return nothing({ kind: 'not_judged', at: now, why: answer.why });
    if (answer.kind === 'no_data') return nothing({ kind: 'no_data', at: now });
    if (claim.state === null)
      await keepFirstHistory(this.dataSource, this.metrics, document, { metric: source.prometheus, now });
    const expected = await this.expectedAt(document, timezone, { at: now, state: claim.state });
    const value = { at: now, value: answer.value };
    return {
      observations: [{ kind: 'value', ...value, expected }],
      values: [value],
      taken: [],
      // A clock that was ahead and is right again is not one that goes backwards.
      answeredAt: Math.min(answer.answeredAt, now),
    };
  }

  private async observePushed(
    document: WatchDocument,
    timezone: string,
    { name, now, state }: WatchClaim,
  ): Promise<Observed> {
    const values = await readPushedValues(this.dataSource, name);
    // What is so old says nothing about now, as if there were no data: it neither opens nor ends anything.
    const { noData, every } = document.spec;
    const oldest = now - durationMs(noData.for) - durationMs(every);
    const fresh = values.filter(({ at }) => at > oldest && (state?.last == null || at > state.last.at));
    const observations: Observation[] = [];
    for (const value of fresh)
      observations.push({
        kind: 'value',
        ...value,
        expected: await this.expectedAt(document, timezone, { at: value.at, state }),
      });
    if (fresh.length === 0) observations.push({ kind: 'no_data', at: now });
    return { observations, values, taken: values, answeredAt: null };
  }

  private async expectedAt(
    { name, revision, spec }: WatchDocument,
    timezone: string,
    { at, state }: { at: number; state: WatchState | null },
  ): Promise<Expected> {
    const isRolling = 'baseline' in spec.expected && spec.expected.baseline.kind === 'rolling-median';
    const except = isRolling ? notLearned(state, at) : [];
    const slot = `${revision} ${timezone} ${expectedSlot(spec.expected, at)} ${except.length}`;
    const known = this.expected.get(name);
    if (known?.slot === slot) return known.expected;
    const need = historyFor(spec.expected, at, timezone, except);
    const history = need === null ? [] : await readHistory(this.dataSource, name, need);
    const expected = expectedFrom(spec.expected, learned(history, except), spec.unit);
    // What is learned now may be known a moment later.
    if (expected.kind === 'known') this.expected.set(name, { slot, expected });
    return expected;
  }
}

const nothing = (observation: Observation): Observed => ({
  observations: [observation],
  values: [],
  taken: [],
  answeredAt: null,
});
