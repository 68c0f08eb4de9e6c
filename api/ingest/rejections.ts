/**
 * Every refused body leaves a record: who sent it, why it was refused, how it began (wire.md §1 rule 8). Strangers may fill
 * only so much of the database: of bodies without a known key, some are kept in a second and an hour, the others are counted.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { redactText } from '../../config/logger.js';
import { StrangerLimit } from '../../db/stranger-limit.js';
import { storable } from '../../domain/shared/storable.js';
import type { FieldError } from '../../sources/format.js';
import type { IngestMetrics } from '../metrics/metrics.js';

export interface Rejection {
  source: string | null;
  format: string;
  reason: string;
  errors: readonly FieldError[];
  body: Uint8Array;
}

const BODY_START = 2_048;
/** Enough to see what is wrong; the rest is counted. */
const KEPT_OF_A_SOURCE = { perSecond: 5, perHour: 200 };

export class Rejections {
  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Pick<IngestMetrics, 'rejected' | 'notKept'>,
    private readonly strangers = new StrangerLimit(),
  ) {}

  /** Of known keys; their number is bounded by that of the sources. */
  private readonly known = new Map<string, StrangerLimit>();

  async store({ source, format, reason, errors, body }: Rejection): Promise<void> {
    this.metrics.rejected(format);
    if (!this.limitOf(source).mayKeep()) return this.metrics.notKept(format);
    await this.dataSource.query(
      'INSERT INTO rejection (id, at, source, format, reason, errors, body_start) VALUES ($1, tocsin_now(), $2, $3, $4, $5, $6)',
      [randomUUID(), source, format, reason, JSON.stringify(storable(errors)), startOf(body)],
    );
  }

  /** One that sends rubbish as fast as it can, or whose key leaked, fills no more of the database than strangers may. */
  private limitOf(source: string | null): StrangerLimit {
    if (source === null) return this.strangers;
    const limit = this.known.get(source) ?? new StrangerLimit(KEPT_OF_A_SOURCE);
    this.known.set(source, limit);
    return limit;
  }
}

/** What has the shape of an ingest key is one, wherever it stands: a broken body may have broken its field's name. */
const INGEST_KEY = /(?<![a-z0-9])[a-z0-9]{32}(?![a-z0-9])/g;

/** Readable and without the keys in it; what is not text shows as U+FFFD. */
export const startOf = (body: Uint8Array): string =>
  redactText(Buffer.from(body.subarray(0, BODY_START)).toString('utf8').replaceAll('\0', '\uFFFD')).replace(
    INGEST_KEY,
    '[redacted]',
  );
