/**
 * Every refused body leaves a record: who sent it, why it was refused, how it began (wire.md §1 rule 8). Strangers may fill
 * only so much of the database: of bodies without a known key, some are kept in a second and an hour, the others are counted.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { redactText } from '../../config/logger.js';
import { FORMER_KEY } from '../../domain/alert/refused-messages.js';
import { StrangerLimit } from '../../db/stranger-limit.js';
import { storable } from '../../domain/shared/storable.js';
import type { FieldError } from '../../sources/format.js';
import type { IngestMetrics } from '../metrics/metrics.js';
import type { FormerKey } from './source-keys.js';

export interface Rejection {
  source: string | null;
  /** Who sent it, as far as limits go. */
  client: string;
  format: string;
  reason: string;
  errors: readonly FieldError[];
  body: Uint8Array;
}

/** Of a message whose key no source has. One that had a source until lately is a sender that somebody forgot: it has that name. */
export const unknownKeyOf = (
  path: string,
  former: FormerKey | null,
): Pick<Rejection, 'source' | 'reason' | 'errors'> =>
  former === null
    ? { source: null, reason: 'unknown key', errors: [{ path, message: 'no source has this key' }] }
    : {
        source: former.source,
        reason: FORMER_KEY,
        errors: [
          {
            path,
            message: `this key was the source's until ${former.endedAt}, when it was deleted or got another; give the sender the key of a source that exists`,
          },
        ],
      };

const BODY_START = 2_048;
/** Of one source, and of one stranger: enough to see what is wrong; the rest is counted. */
const KEPT_OF_ONE = { perSecond: 5, perHour: 200 };
/** Whoever has more addresses than that is bounded by what is kept of all strangers. */
const CLIENTS_MAX = 10_000;

export class Rejections {
  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Pick<IngestMetrics, 'rejected' | 'notKept'>,
    private readonly strangers = new StrangerLimit(),
  ) {}

  /** Of known keys; their number is bounded by that of the sources. */
  private readonly known = new Map<string, StrangerLimit>();
  private readonly clients = new Map<string, StrangerLimit>();

  async store({ source, client, format, reason, errors, body }: Rejection): Promise<void> {
    this.metrics.rejected(format);
    if (!this.mayKeep(source, client)) return this.metrics.notKept(format);
    await this.dataSource.query(
      'INSERT INTO rejection (id, at, source, format, reason, errors, body_start) VALUES ($1, tocsin_now(), $2, $3, $4, $5, $6)',
      [randomUUID(), source, format, reason, JSON.stringify(storable(errors)), startOf(body)],
    );
  }

  /**
   * One source that sends rubbish as fast as it can, or whose key leaked, fills no more of the database than a stranger may; and no
   * stranger takes what is kept of the others, whose refusals somebody may look for.
   */
  private mayKeep(source: string | null, client: string): boolean {
    if (source !== null) return limitIn(this.known, source).mayKeep();
    if (this.clients.size >= CLIENTS_MAX && !this.clients.has(client)) this.clients.clear();
    return limitIn(this.clients, client).mayKeep() && this.strangers.mayKeep();
  }
}

function limitIn(limits: Map<string, StrangerLimit>, name: string): StrangerLimit {
  const limit = limits.get(name) ?? new StrangerLimit(KEPT_OF_ONE);
  limits.set(name, limit);
  return limit;
}

/** What has the shape of an ingest key is one, wherever it stands: a broken body may have broken its field's name. */
const INGEST_KEY = /(?<![a-z0-9])[a-z0-9]{32}(?![a-z0-9])/g;

/** Readable and without the keys in it; what is not text shows as U+FFFD. */
export const startOf = (body: Uint8Array): string =>
  redactText(Buffer.from(body.subarray(0, BODY_START)).toString('utf8').replaceAll('\0', '\uFFFD')).replace(
    INGEST_KEY,
    '[redacted]',
  );
