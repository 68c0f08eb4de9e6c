/** Random numbers derived from a text: the same case is the same everywhere. */
import { createHash } from 'node:crypto';

export interface Random {
  /** A whole number, both ends included. */
  from(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
}

export function seededBy(text: string): Random {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0);
  // Mulberry32.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const from = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    from,
    chance: (probability) => next() < probability,
    pick(list) {
      const picked = list[from(0, list.length - 1)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    shuffled: (list) =>
      list
        .map((one) => ({ one, at: next() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one),
  };
}
