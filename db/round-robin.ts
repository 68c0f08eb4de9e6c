/** Where the round robins of policies stand. A turn is taken in the transaction of the page that takes it. */
import type { EntityManager } from 'typeorm';
import type { Turn, Turns } from '../domain/oncall/round-robin.js';

type Querying = Pick<EntityManager, 'query'>;

const turnsOf = (rows: Turn[]): Turns =>
  new Map(rows.filter(({ member }) => member !== '').map((turn) => [turn.place, turn]));

/** As they stand now, for looking; drills have turns of their own, so that practice moves nobody's place in the queue. */
export async function readTurns(tx: Querying, { isDrill = false } = {}): Promise<Turns> {
  const rows: Turn[] = await tx.query('SELECT place, member, "index" FROM round_robin WHERE is_drill = $1', [
    isDrill,
  ]);
  return turnsOf(rows);
}

/**
 * As they stand, held until the transaction ends: two incidents that page at the same moment page two people. `places` in
 * order, so that two pages never wait for each other in a circle.
 */
export async function lockTurns(tx: Querying, places: readonly string[], isDrill: boolean): Promise<Turns> {
  if (places.length === 0) return new Map();
  const sorted = places.toSorted();
  await tx.query(
    `INSERT INTO round_robin (place, is_drill, member, "index", moved_at)
     SELECT place, $2, '', 0, tocsin_now() FROM unnest($1::text[]) WITH ORDINALITY AS p (place, n) ORDER BY n
     ON CONFLICT DO NOTHING`,
    [sorted, isDrill],
  );
  const rows: Turn[] = await tx.query(
    `SELECT place, member, "index" FROM round_robin WHERE place = ANY ($1) AND is_drill = $2
      ORDER BY place COLLATE "C" FOR UPDATE`,
    [sorted, isDrill],
  );
  return turnsOf(rows);
}

export async function moveTurns(
  tx: Querying,
  turns: readonly Turn[],
  { isDrill, now }: { isDrill: boolean; now: string },
): Promise<void> {
  if (turns.length === 0) return;
  await tx.query(
    `UPDATE round_robin r SET member = t.member, "index" = t."index", moved_at = $3
       FROM jsonb_to_recordset($1::jsonb) AS t (place text, member text, "index" int)
      WHERE r.place = t.place AND r.is_drill = $2`,
    [JSON.stringify(turns), isDrill, now],
  );
}
