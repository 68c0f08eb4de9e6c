/** The sentences of a watch: of a band, its end, no data, and a metric that cannot be judged. */
import type { WatchDocument } from './fold-watch.js';
import type { WatchState } from './watch-state.js';
import { spanWords, valueWords } from './words.js';

export const watchTitle = ({ name, spec }: Pick<WatchDocument, 'name' | 'spec'>): string =>
  spec.displayName ?? name;

const deviations = (count: number): string =>
  `${valueWords(count)} acceptable ${count === 1 ? 'deviation' : 'deviations'}`;

/** "p99 1.9 s, 4.2 acceptable deviations above the same hour of the last four weeks, for 5 min". */
export function bandSentence(document: WatchDocument, { last, bands }: WatchState, band: number): string {
  if (last === null) return watchTitle(document);
  const { value, expected, count, at } = last;
  const side = value < expected.value ? 'below' : 'above';
  const since = bands[band]?.beyondSince ?? null;
  const span = since === null || at - since < 1000 ? '' : `, for ${spanWords(at - since)}`;
  return `${watchTitle(document)} ${valueWords(value, document.spec.unit)}, ${deviations(Math.abs(count))} ${side} ${expected.words}${span}`;
}

export function bandEndSentence(document: WatchDocument, { last }: WatchState): string {
  return last === null
    ? `${watchTitle(document)} is within its bands again`
    : `${withinSentence(document, last)} again`;
}

/** "p99 0.4 s, within 1 acceptable deviation of the expected 0.4 s". */
export function withinSentence(document: WatchDocument, last: NonNullable<WatchState['last']>): string {
  const { bands, unit } = document.spec;
  return `${watchTitle(document)} ${valueWords(last.value, unit)}, within ${deviations(bands[0]?.beyond ?? 1)} of ${last.expected.words}`;
}

export function noDataSentence(document: WatchDocument, { noData, last }: WatchState, now: number): string {
  const known = last === null ? '' : `; the last value was ${valueWords(last.value, document.spec.unit)}`;
  return `${watchTitle(document)} has had no data for ${spanWords(now - (noData.since ?? now))}${known}`;
}

export function notJudgedSentence(document: WatchDocument, { notJudged }: WatchState, now: number): string {
  const span = spanWords(now - (notJudged.since ?? now));
  return `${watchTitle(document)} could not be judged for ${span}: ${notJudged.why}`;
}
