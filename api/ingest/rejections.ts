/** Every refused body leaves a record: who sent it, why it was refused, how it began (wire.md §1 rule 8). */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { redactText } from '../../config/logger.js';
import type { FieldError } from '../../sources/format.js';

export interface Rejection {
  source: string | null;
  format: string;
  reason: string;
  errors: readonly FieldError[];
  body: Uint8Array;
}

const BODY_START = 2_048;

export async function storeRejection(
  dataSource: DataSource,
  { source, format, reason, errors, body }: Rejection,
): Promise<void> {
  await dataSource.query(
    'INSERT INTO rejection (id, at, source, format, reason, errors, body_start) VALUES ($1, tocsin_now(), $2, $3, $4, $5, $6)',
    [randomUUID(), source, format, reason, storable(JSON.stringify(errors)), startOf(body)],
  );
}

/** Readable and without the keys in it; what is not text shows as U+FFFD. */
export const startOf = (body: Uint8Array): string =>
  redactText(Buffer.from(body.subarray(0, BODY_START)).toString('utf8').replaceAll('\0', '\uFFFD'));

const storable = (json: string): string => json.replaceAll('\\u0000', '\\ufffd');
