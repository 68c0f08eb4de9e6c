/** Resolves a schedule's layers to people on call in a range, on a given clock. Times are epoch milliseconds. */
import type { ScheduleLayer } from './schedule-spec.js';
import { overlay, type Piece } from './overlay.js';
import { type Interval, weeklyWindows, windowInstants } from './restrictions.js';
import { rotationGrid } from './rotation.js';
import { ScheduleError } from './schedule.js';
import { type WallClock } from './wall-clock.js';

/** The last layer that covers an instant wins. */
export function resolveLayers(layers: readonly ScheduleLayer[], clock: WallClock, range: Interval): Piece[] {
  return layers.reduce<Piece[]>((below, layer) => overlay(below, resolveLayer(layer, clock, range)), []);
}

/**
 * A handover happens at the start of the incoming shift, so in a repeated hour the incoming person takes over at its first
 * occurrence. A restriction window closes at the last occurrence. When both fall into the same repeated hour, the incoming person
 * is on call: every instant has exactly one person.
 */
function resolveLayer(layer: ScheduleLayer, clock: WallClock, range: Interval): Piece[] {
  const { people, name } = layer;
  if (people.length === 0) return [];
  try {
    const weekly = layer.restrictions === undefined ? undefined : weeklyWindows(layer.restrictions);
    const windows = weekly === undefined ? [range] : windowInstants(weekly, clock, range);
    const grid = rotationGrid(layer.rotation, layer.skipEmpty === true ? weekly : undefined);
    const begin = Math.max(range.from, clock.startAt(grid.start));
    const pieces: Piece[] = [];
    let window = 0;
    let k = Math.max(0, grid.periodAt(clock.wallAt(begin)));
    for (let from = begin; from < range.to; k++) {
      const to = Math.min(range.to, clock.startAt(grid.boundary(k + 1)));
      if (to <= from) continue;
      const shiftIndex = grid.shiftIndex(k);
      const person = people[shiftIndex % people.length];
      for (let open = windows[window]; person !== undefined && open !== undefined; open = windows[++window]) {
        const piece = {
          from: Math.max(from, open.from),
          to: Math.min(to, open.to),
          person,
          source: name,
          shift: shiftIndex,
        };
        if (piece.from < piece.to) extendOrPush(pieces, piece);
        if (open.to > to) break;
      }
      from = to;
    }
    return pieces;
  } catch (cause) {
    if (cause instanceof ScheduleError)
      throw new ScheduleError(`layer "${name}": ${cause.message}`, { cause });
    throw cause;
  }
}

/** A period without a shift of its own continues the shift before it. */
function extendOrPush(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last?.to === piece.from && last.shift === piece.shift) last.to = piece.to;
  else pieces.push(piece);
}
