/** The state of a watch after one more observation of its metric. */
import { durationMs } from '../shared/duration.js';
import { adoptBands, foldBands } from './bands.js';
import { deviationOf } from './deviation.js';
import type { Expected } from './expected.js';
import type { WatchSpec } from './watch-spec.js';
import { type Gap, noGap, type WatchState } from './watch-state.js';

export type Observation =
  | { kind: 'value'; at: number; value: number; expected: Expected }
  | { kind: 'no_data'; at: number }
  /** The server could not be asked, or what it answers is not one finite number. */
  | { kind: 'not_judged'; at: number; why: string };

export interface WatchDocument {
  name: string;
  revision: number;
  spec: WatchSpec;
}

/** A value that is not newer than the last one judged changes nothing: it came too late to be told about. */
export function foldWatch(
  { spec, revision }: Pick<WatchDocument, 'spec' | 'revision'>,
  state: WatchState,
  observation: Observation,
): WatchState {
  switch (observation.kind) {
    case 'no_data':
      // The server answered, so whatever kept the metric from being judged is over.
      return { ...state, noData: began(state.noData, observation.at, ''), notJudged: ended(state.notJudged) };
    case 'not_judged':
      return { ...state, notJudged: began(state.notJudged, observation.at, observation.why) };
    case 'value':
      return foldValue(spec, state, observation, state.revision !== revision, revision);
  }
}

function foldValue(
  spec: WatchSpec,
  state: WatchState,
  { at, value, expected }: Extract<Observation, { kind: 'value' }>,
  isChanged: boolean,
  revision: number,
): WatchState {
  if (state.last !== null && at <= state.last.at) return state;
  const heard = { ...state, noData: ended(state.noData) };
  if (expected.kind === 'learning') {
    // A new watch has nothing to compare with yet. One that was judged before has lost its history.
    return state.last === null
      ? { ...heard, learning: expected.why }
      : { ...heard, notJudged: began(state.notJudged, at, expected.why) };
  }
  const deviation = deviationOf(spec, value, expected);
  if (deviation.kind === 'not_judged')
    return { ...heard, notJudged: began(state.notJudged, at, deviation.why) };
  const { count, unit } = deviation;
  const isAfterGap = state.last === null || at - state.last.at > durationMs(spec.noData.for);
  return {
    ...heard,
    revision,
    learning: null,
    notJudged: ended(state.notJudged),
    last: { at, value, count, unit, expected },
    bands:
      isChanged && state.open !== null
        ? adoptBands(spec, at, count)
        : foldBands(spec, isChanged ? [] : state.bands, { at, count, isAfterGap }),
  };
}

const began = (gap: Gap, at: number, why: string): Gap => ({ ...gap, since: gap.since ?? at, why });

/** An alert that is open stays noted until its end has been told. */
const ended = (gap: Gap): Gap => (gap.toldAt === null ? noGap : { ...gap, since: null });
