/** Sorted, non-overlapping pieces of on-call time, and overlaying one list with another. Times are epoch milliseconds. */
export interface Piece {
  from: number;
  to: number;
  person: string;
  source: string;
  /** Distinguishes consecutive shifts of the same source, even when the same person has both. */
  shift: number;
}

/** `top` wins where it has a piece; `base` fills the rest. Linear in both. */
export function overlay(base: readonly Piece[], top: readonly Piece[]): Piece[] {
  if (base.length === 0) return [...top];
  const out: Piece[] = [];
  let index = 0;
  let covered = Number.NEGATIVE_INFINITY;
  const showBase = (until: number): void => {
    for (let piece = base[index]; piece !== undefined && piece.from < until; piece = base[index]) {
      const from = Math.max(piece.from, covered);
      const to = Math.min(piece.to, until);
      if (from < to) out.push(from === piece.from && to === piece.to ? piece : { ...piece, from, to });
      if (piece.to > until) return;
      index++;
    }
  };
  for (const piece of top) {
    showBase(piece.from);
    out.push(piece);
    covered = piece.to;
  }
  showBase(Number.POSITIVE_INFINITY);
  return out;
}

/** Joins adjacent pieces of the same shift of the same person, which only an edit of the schedule splits. */
export function rejoin(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    const isSame =
      last?.to === piece.from &&
      last.person === piece.person &&
      last.source === piece.source &&
      last.shift === piece.shift;
    if (isSame) out[out.length - 1] = { ...last, to: piece.to };
    else out.push(piece);
  }
  return out;
}
