/** Documents of kind Inhibition of which a side matches no alert of the last week: most often a misspelt label. */
import { setImmediate } from 'node:timers/promises';
import { compileFields } from '../../domain/alert/inhibition.js';
import type { InhibitionSpec } from '../../domain/alert/inhibition-spec.js';
import type { MatchedAlert } from '../../domain/alert/matcher.js';
import type { Querying } from '../connection/querying.js';
import { MATCHED_TEXTS } from './inhibiting-alerts.js';

const DAYS = 7;
const MOST_ALERTS = 20_000;
/** Comparisons after which others get their turn. */
const AT_ONCE = 5_000;

export interface UnmatchedSide {
  name: string;
  side: 'when' | 'mutes';
}

export async function unmatchedInhibitions(
  db: Querying,
  documents: readonly { name: string; spec: InhibitionSpec }[],
): Promise<UnmatchedSide[]> {
  if (documents.length === 0) return [];
  const alerts: MatchedAlert[] = await db.query(
    `SELECT ${MATCHED_TEXTS} FROM alert a WHERE a.last_at > tocsin_now() - $1::int * interval '1 day' OR a.status = 'open'
      ORDER BY a.first_at DESC LIMIT $2`,
    [DAYS, MOST_ALERTS],
  );
  let compared = 0;
  const matchesNone = async (fields: InhibitionSpec['when']): Promise<boolean> => {
    const compiled = compileFields(fields);
    for (const alert of alerts) {
      if (compiled.matches(alert)) return false;
      compared += 1;
      if (compared % AT_ONCE === 0) await setImmediate();
    }
    return true;
  };
  const found: UnmatchedSide[] = [];
  for (const { name, spec } of documents)
    for (const side of ['when', 'mutes'] as const)
      if (await matchesNone(spec[side])) found.push({ name, side });
  return found;
}
