/**
 * Keyset pagination: `cursor` identifies the last row seen, so a list that grows meanwhile repeats and skips nothing.
 */

export interface Page<T> {
  items: T[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

/** A cursor that this list did not return. The message is meant for the client. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';

  constructor(cursor: string) {
    super(
      `cursor "${cursor.slice(0, 80)}" is not one of this list; send "next" of an earlier page, or leave it out`,
    );
  }
}

const PAGE_LIMIT = { default: 50, most: 200 } as const;

export const pageLimit = (limit: number | undefined): number =>
  Math.min(Math.max(1, Math.trunc(limit ?? PAGE_LIMIT.default)), PAGE_LIMIT.most);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => uuid.test(text);

/** The id in a cursor of a list of rows; null for the first page. */
export function idOf(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (!isUuid(cursor)) throw new InvalidCursor(cursor);
  return cursor;
}

/** The position in a cursor of a numbered list (`seq`, `id`); 0 for the first page. */
export function positionOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,9}$/.test(cursor)) throw new InvalidCursor(cursor);
  return Number(cursor);
}

/** Cuts `limit + 1` rows to a page. */
export function pageOf<Row, T>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  toItem: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}
