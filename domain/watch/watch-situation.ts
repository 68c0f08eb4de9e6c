/** Where a watch stands now, in one word and one sentence. */
import type { Priority } from '../config/terms.js';
import { durationMs } from '../shared/duration.js';
import { bandSentence, noDataSentence, notJudgedSentence, watchTitle, withinSentence } from './sentences.js';
import type { WatchDocument } from './fold-watch.js';
import type { WatchState } from './watch-state.js';

export type WatchCondition = 'new' | 'learning' | 'expected' | 'beyond' | 'no_data' | 'not_judged';

export interface WatchSituation {
  condition: WatchCondition;
  sentence: string;
  /** Of the band that is open. */
  priority: Priority | null;
  /** Since when the condition holds; epoch milliseconds. Null: as long as is known. */
  since: number | null;
  /** Why the metric has no value, or cannot be judged; also while a band is open. */
  why: string | null;
}

export function situationOf(document: WatchDocument, state: WatchState | null, now: number): WatchSituation {
  const calm = { priority: null, since: null, why: null };
  const title = watchTitle(document);
  if (state === null) return { condition: 'new', sentence: `${title} has not been asked for yet`, ...calm };
  const { open, noData, notJudged, learning, last } = state;
  const { for: after } = document.spec.noData;
  const gap =
    notJudged.since !== null
      ? { since: notJudged.since, why: notJudged.why, sentence: notJudgedSentence(document, state, now) }
      : noData.since !== null
        ? { since: noData.since, why: 'no data', sentence: noDataSentence(document, state, now) }
        : null;
  if (open !== null)
    return {
      condition: 'beyond',
      sentence: bandSentence(document, state, open.band),
      priority: open.priority,
      since: open.since,
      why: gap?.sentence ?? null,
    };
  // One answer that is missing says little yet.
  const isShort = gap !== null && last !== null && now - gap.since < durationMs(after);
  if (gap !== null && !isShort)
    return {
      condition: notJudged.since === null ? 'no_data' : 'not_judged',
      sentence: gap.sentence,
      priority: null,
      since: gap.since,
      why: gap.why,
    };
  if (learning !== null || last === null)
    return {
      condition: 'learning',
      sentence: `${title} is learning what to expect${learning === null ? '' : `: ${learning}`}`,
      ...calm,
    };
  return {
    condition: 'expected',
    sentence: withinSentence(document, last),
    ...calm,
    why: gap?.sentence ?? null,
  };
}
