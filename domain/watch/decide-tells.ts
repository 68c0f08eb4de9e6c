/** What a watch has to tell after an evaluation: a band entered or left, no data, a metric that cannot be judged. */
import { decidePriority } from '../priority/decide-priority.js';
import type { Priority } from '../config/terms.js';
import { MINUTE } from '../oncall/wall-clock.js';
import { durationMs } from '../shared/duration.js';
import { worstBand } from './bands.js';
import type { WatchDocument } from './fold-watch.js';
import { beyondSince, withOutage } from './not-learned.js';
import { bandEndSentence, bandSentence, noDataSentence, notJudgedSentence, watchTitle } from './sentences.js';
import { type Gap, noGap, type WatchState } from './watch-state.js';

/** Each has an alert of its own. */
export type Condition = 'band' | 'no-data' | 'not-judged';

export interface Tell {
  condition: Condition;
  /**
   * `begins`, `rises` to a higher priority, `eases` to a lower one, `repeats`: the condition holds as before. `ends`: it is over.
   */
  what: 'begins' | 'rises' | 'eases' | 'repeats' | 'ends';
  priority: Priority;
  sentence: string;
  /** Epoch milliseconds; since when the condition holds. */
  since: number;
  usersAffected: number | null;
}

/**
 * A condition that holds is sent again after so long: when a person resolved its incident meanwhile, it opens again.
 */
const REPEAT_MS = 15 * MINUTE;

export interface Decided {
  state: WatchState;
  tells: Tell[];
}

/** `usersAffected`: null when unknown, or when no band is entered. */
export function decideTells(
  document: WatchDocument,
  state: WatchState,
  { now, usersAffected }: { now: number; usersAffected: number | null },
): Decided {
  const band = decideBand(document, { ...state, usersAffected }, now);
  const { noData: every } = document.spec;
  const gapOf = (condition: 'no-data' | 'not-judged', gap: Gap, sentence: string, end: string) =>
    decideGap(gap, { condition, now, after: durationMs(every.for), priority: every.priority, sentence, end });
  const noData = gapOf(
    'no-data',
    state.noData,
    noDataSentence(document, state, now),
    `${watchTitle(document)} has data again`,
  );
  const notJudged = gapOf(
    'not-judged',
    state.notJudged,
    notJudgedSentence(document, state, now),
    `${watchTitle(document)} can be judged again`,
  );
  return {
    state: { ...band.state, noData: noData.gap, notJudged: notJudged.gap },
    tells: [...band.tells, ...noData.tells, ...notJudged.tells],
  };
}

function decideBand(document: WatchDocument, state: WatchState, now: number): Decided {
  const { open } = state;
  const index = worstBand(state.bands);
  const band = index === null ? undefined : document.spec.bands[index];
  if (index === null || band === undefined) {
    if (open === null) return { state, tells: [] };
    const sentence = bandEndSentence(document, state);
    const { priority, since } = open;
    const outages = withOutage(state.outages, { from: open.from ?? since, to: now });
    return {
      state: { ...state, open: null, outages },
      tells: [{ condition: 'band', what: 'ends', priority, sentence, since, usersAffected: null }],
    };
  }
  const { usersAffected } = state;
  const sentence = bandSentence(document, state, index);
  const { priority } = decidePriority({
    severity: 'info',
    watch: { priority: band.priority, sentence },
    usersAffected,
  });
  const since = open?.since ?? now;
  const what = whatOf(open, { priority, index, now });
  if (what === null) return { state, tells: [] };
  const from = beyondSince(state) ?? since;
  return {
    state: { ...state, open: { band: index, priority, since, from, toldAt: now } },
    tells: [{ condition: 'band', what, priority: band.priority, sentence, since, usersAffected }],
  };
}

function whatOf(
  open: WatchState['open'],
  { priority, index, now }: { priority: Priority; index: number; now: number },
): Exclude<Tell['what'], 'ends'> | null {
  if (open === null) return 'begins';
  if (priority < open.priority) return 'rises';
  if (index > open.band) return 'rises';
  if (priority > open.priority || index < open.band) return 'eases';
  return now - open.toldAt >= REPEAT_MS ? 'repeats' : null;
}

interface GapRule {
  condition: 'no-data' | 'not-judged';
  now: number;
  after: number;
  priority: Priority;
  sentence: string;
  end: string;
}

function decideGap(gap: Gap, rule: GapRule): { gap: Gap; tells: Tell[] } {
  const { condition, now, after, priority, sentence, end } = rule;
  const { since, toldAt } = gap;
  const tell = (what: Tell['what'], text: string): Tell => ({
    condition,
    what,
    priority,
    sentence: text,
    since: since ?? now,
    usersAffected: null,
  });
  if (since === null)
    return toldAt === null ? { gap, tells: [] } : { gap: noGap, tells: [tell('ends', end)] };
  const isDue = toldAt === null ? now - since >= after : now - toldAt >= REPEAT_MS;
  if (!isDue) return { gap, tells: [] };
  return { gap: { ...gap, toldAt: now }, tells: [tell(toldAt === null ? 'begins' : 'repeats', sentence)] };
}

/** What is told when the document of a watch is gone: every alert of it ends. */
export function tellsOfDeleted({ open, noData, notJudged }: WatchState, now: number): Tell[] {
  const conditions: [Condition, boolean][] = [
    ['band', open !== null],
    ['no-data', noData.toldAt !== null],
    ['not-judged', notJudged.toldAt !== null],
  ];
  return conditions.flatMap(([condition, isOpen]): Tell[] =>
    isOpen
      ? [
          {
            condition,
            what: 'ends',
            priority: open?.priority ?? 'P5',
            sentence: 'the watch was deleted',
            since: now,
            usersAffected: null,
          },
        ]
      : [],
  );
}
