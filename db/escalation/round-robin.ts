/** Positions of the round robins in policies. A position moves in the transaction of the page that uses it. */
import type { RotationPosition, RotationPositions } from '../../domain/oncall/round-robin.js';
import type { Querying } from '../connection/querying.js';

const positionsOf = (rows: RotationPosition[]): RotationPositions =>
  new Map(rows.filter(({ member }) => member !== '').map((position) => [position.listKey, position]));

/**
 * Current positions without a lock. Drills have positions of their own, so that practice does not move the real
 * rotation.
 */
export async function readPositions(tx: Querying, { isDrill = false } = {}): Promise<RotationPositions> {
  const rows: RotationPosition[] = await tx.query(
    'SELECT list_key AS "listKey", member, "index" FROM round_robin WHERE is_drill = $1',
    [isDrill],
  );
  return positionsOf(rows);
}

/**
 * Current positions, locked until the transaction ends: two incidents that page at the same moment page two people.
 * Locks in sorted order, so that two pages never deadlock.
 */
export async function lockPositions(
  tx: Querying,
  listKeys: readonly string[],
  isDrill: boolean,
): Promise<RotationPositions> {
  if (listKeys.length === 0) return new Map();
  const sorted = listKeys.toSorted();
  await tx.query(
    `INSERT INTO round_robin (list_key, is_drill, member, "index", moved_at)
     SELECT key, $2, '', 0, tocsin_now() FROM unnest($1::text[]) WITH ORDINALITY AS p (key, n) ORDER BY n
     ON CONFLICT DO NOTHING`,
    [sorted, isDrill],
  );
  const rows: RotationPosition[] = await tx.query(
    `SELECT list_key AS "listKey", member, "index" FROM round_robin WHERE list_key = ANY ($1) AND is_drill = $2
      ORDER BY list_key COLLATE "C" FOR UPDATE`,
    [sorted, isDrill],
  );
  return positionsOf(rows);
}

export async function movePositions(
  tx: Querying,
  positions: readonly RotationPosition[],
  { isDrill, now }: { isDrill: boolean; now: string },
): Promise<void> {
  if (positions.length === 0) return;
  await tx.query(
    `UPDATE round_robin r SET member = t.member, "index" = t."index", moved_at = $3
       FROM jsonb_to_recordset($1::jsonb) AS t ("listKey" text, member text, "index" int)
      WHERE r.list_key = t."listKey" AND r.is_drill = $2`,
    [JSON.stringify(positions), isDrill, now],
  );
}
