/** The raw bodies of accepted messages. */
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';

export interface LoggedMessage {
  source: string;
  format: string;
  body: Uint8Array;
  signals: number;
}

export async function logMessages(tx: EntityManager, messages: readonly LoggedMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await tx.query(
    `INSERT INTO ingest_log (id, at, source, format, body, signals)
     SELECT id, tocsin_now(), source, format, body, signals
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::int[]) AS m (id, source, format, body, signals)`,
    [
      messages.map(() => randomUUID()),
      messages.map(({ source }) => source),
      messages.map(({ format }) => format),
      messages.map(({ body }) => Buffer.from(body)),
      messages.map(({ signals }) => signals),
    ],
  );
}
