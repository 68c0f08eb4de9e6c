/** What a watch sees at one evaluation: its metric's answer, or the values that were pushed; each with the expected value. */
import type { DataSource } from 'typeorm';
import type { WatchClaim } from '../../db/watch/watch-store.js';
import { readPushedValues } from '../../db/watch/pushed-values.js';
import { readHistory } from '../../db/watch/watch-history.js';
import type { TimedValue } from '../../domain/watch/buckets.js';
import { expectedFrom, expectedSlot, historyFor, type Expected } from '../../domain/watch/expected.js';
import type { Observation, WatchDocument } from '../../domain/watch/fold-watch.js';
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
    const expected = await this.expectedAt(document, timezone, now);
    const value = { at: now, value: answer.value };
    return {
      observations: [{ kind: 'value', ...value, expected }],
      values: [value],
      taken: [],
      answeredAt: answer.answeredAt,
    };
  }

  private async observePushed(
    document: WatchDocument,
    timezone: string,
    { name, now, state }: WatchClaim,
  ): Promise<Observed> {
    const values = await readPushedValues(this.dataSource, name);
    const fresh = values.filter(({ at }) => state?.last == null || at > state.last.at);
    const observations: Observation[] = [];
    for (const value of fresh)
      observations.push({
        kind: 'value',
        ...value,
        expected: await this.expectedAt(document, timezone, value.at),
      });
    if (fresh.length === 0) observations.push({ kind: 'no_data', at: now });
    return { observations, values, taken: values, answeredAt: null };
  }

  private async expectedAt(
    { name, revision, spec }: WatchDocument,
    timezone: string,
    at: number,
  ): Promise<Expected> {
    const slot = `${revision} ${timezone} ${expectedSlot(spec.expected, at)}`;
    const known = this.expected.get(name);
    if (known?.slot === slot) return known.expected;
    const need = historyFor(spec.expected, at, timezone);
    const history = need === null ? [] : await readHistory(this.dataSource, name, need);
    const expected = expectedFrom(spec.expected, history, spec.unit);
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
