/** Lines and areas of a watch's picture in a plot of 1000 by 1000, from the top left. Pure. */
import type { Priority } from '../../domain/config/terms.js';
import type { WatchPictureData } from '../../services/watch/watches.service.js';

export const PLOT = 1000;
/** A span of that many values without one breaks a line. */
const BREAK_MS = 11 * 60_000;

export interface WatchChart {
  /** Values at the upper and lower edge of the plot. */
  top: number;
  bottom: number;
  /** `d` of paths; '' draws nothing. */
  value: string;
  expected: string;
  bands: { priority: Priority; area: string }[];
}

type Points = WatchPictureData['points'];
type Known = Points[number] & { expected: number; acceptable: number };

const isKnown = (point: Points[number]): point is Known =>
  point.expected !== null && point.acceptable !== null;

export function watchChart({ points, bands, direction, from, to }: WatchPictureData): WatchChart {
  const start = Date.parse(from);
  const span = Math.max(1, Date.parse(to) - start);
  const known = points.filter(isKnown);
  const first = bands[0]?.beyond ?? 1;
  const shown = [
    ...points.map(({ value }) => value),
    ...known.flatMap(({ expected, acceptable }) => [
      expected,
      ...sidesOf(direction).map((side) => expected + side * first * acceptable * 1.2),
    ]),
  ];
  const { top, bottom } = edgesOf(shown);
  const x = (at: string): number => round(((Date.parse(at) - start) / span) * PLOT);
  const y = (value: number): number => {
    const share = Math.min(1, Math.max(0, (value - bottom) / (top - bottom)));
    return round((1 - share) * PLOT);
  };
  const line = (of: readonly { at: string; value: number }[]): string =>
    runsOf(of)
      .map((run) => `M${run.map(({ at, value }) => `${x(at)} ${y(value)}`).join('L')}`)
      .join('');
  const area = (side: number, beyond: number, next: number | undefined): string =>
    runsOf(known)
      .map((run) => {
        const edge = (count: number | undefined) => (point: Known) =>
          `${x(point.at)} ${count === undefined ? (side > 0 ? 0 : PLOT) : y(point.expected + side * count * point.acceptable)}`;
        return `M${run.map(edge(beyond)).join('L')}L${run.toReversed().map(edge(next)).join('L')}Z`;
      })
      .join('');
  return {
    top,
    bottom,
    value: line(points),
    expected: line(known.map(({ at, expected }) => ({ at, value: expected }))),
    bands: bands.map(({ beyond, priority }, index) => ({
      priority,
      area: sidesOf(direction)
        .map((side) => area(side, beyond, bands[index + 1]?.beyond))
        .join(''),
    })),
  };
}

const sidesOf = (direction: WatchPictureData['direction']): number[] =>
  direction === 'both' ? [1, -1] : [direction === 'above' ? 1 : -1];

function edgesOf(values: readonly number[]): { top: number; bottom: number } {
  let high = -Infinity;
  let low = Infinity;
  for (const value of values) {
    high = Math.max(high, value);
    low = Math.min(low, value);
  }
  if (high < low) return { top: 1, bottom: 0 };
  const margin = high === low ? Math.max(Math.abs(high) * 0.1, 1e-9) : (high - low) * 0.05;
  // A metric that is never negative is not drawn on an axis that is.
  return { top: high + margin, bottom: low >= 0 ? Math.max(0, low - margin) : low - margin };
}

function runsOf<T extends { at: string }>(points: readonly T[]): T[][] {
  const runs: T[][] = [];
  let last = -Infinity;
  for (const point of points) {
    const at = Date.parse(point.at);
    if (at - last > BREAK_MS) runs.push([]);
    runs.at(-1)?.push(point);
    last = at;
  }
  return runs;
}

const round = (value: number): number => Math.round(value * 10) / 10;
