/** Notes on each incident that a sender left alerts out of its notification. */
import type { EntityManager } from 'typeorm';
import { truncatedText } from '../../domain/alert/truncated.js';
import type { Recorder } from '../incident/record.js';

/** Once on each incident, and again when more alerts are cut than before. */
export async function noteTruncated(
  tx: EntityManager,
  recorder: Recorder,
  source: string,
  { dedupKeys, truncated }: { dedupKeys: string[]; truncated: number },
): Promise<void> {
  const [rows]: [{ incident: string }[], number] = await tx.query(
    `UPDATE alert SET truncated = $3 WHERE source = $1 AND dedup_key = ANY ($2) AND status = 'open' AND truncated < $3
        AND incident_id IS NOT NULL
     RETURNING incident_id AS incident`,
    [source, dedupKeys, truncated],
  );
  for (const incidentId of new Set(rows.map(({ incident }) => incident))) {
    const command = { type: 'note', text: truncatedText(truncated) } as const;
    await recorder.recordIn(tx, { incidentId, actor: `source:${source}`, command });
  }
}
