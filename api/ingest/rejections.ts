/**
 * Every refused body leaves a record: its source, the reason, its beginning (docs/wire.md §1 rule 8). A rate limit per second and
 * per hour applies to bodies of unknown senders; bodies beyond it are only counted.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { redactedStart, redactRefused } from '../../shared/redact.js';
import { FORMER_KEY } from '../../domain/alert/refused-messages.js';
import { UnknownSenderLimit } from '../../db/alert/unknown-sender-limit.js';
import { jsonbSafe, jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import type { FieldError } from '../../integrations/shared/alerts/format.js';
import type { IngestMetrics } from '../metrics/metrics.js';
import type { FormerKey } from './source-keys.js';

export interface Rejection {
  source: string | null;
  /** Sender as the rate limits count it. */
  client: string;
  format: string;
  reason: string;
  errors: readonly FieldError[];
  body: Uint8Array;
}

/** Refusal of a key that no source has. A former key of a source is recorded under that source: its sender was not updated. */
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

/** Characters of a refused body that are stored. */
const BODY_START = 2_048;
/** Records of one source, and of one unknown sender: enough to see the fault; the rest is counted. */
const LIMIT_PER_SENDER = { perSecond: 5, perHour: 200 };
/** Most unknown senders counted separately; a sender with more addresses is bounded by the limit of all unknown senders. */
const CLIENTS_MAX = 10_000;

export class Rejections {
  constructor(
    private readonly dataSource: DataSource,
    private readonly metrics: Pick<IngestMetrics, 'rejected' | 'notKept'>,
    private readonly unknownSenders = new UnknownSenderLimit(),
  ) {}

  /** Limits of known sources; their number is bounded by the number of sources. */
  private readonly known = new Map<string, UnknownSenderLimit>();
  private readonly clients = new Map<string, UnknownSenderLimit>();

  async store({ source, client, format, reason, errors, body }: Rejection): Promise<void> {
    this.metrics.rejected(format);
    if (!this.mayKeep(source, client)) return this.metrics.notKept(format);
    await this.dataSource.query(
      'INSERT INTO rejection (id, at, source, format, reason, errors, body_start) VALUES ($1, tocsin_now(), $2, $3, $4, $5, $6)',
      [randomUUID(), source, format, reason, JSON.stringify(jsonbSafe(errors)), startOf(body)],
    );
  }

  /**
   * A source that sends garbage, or whose key leaked, stores no more than one unknown sender may. One unknown sender does not use
   * up the records of the others, which an operator may need.
   */
  private mayKeep(source: string | null, client: string): boolean {
    if (source !== null) return limitIn(this.known, source).mayKeep();
    if (this.clients.size >= CLIENTS_MAX && !this.clients.has(client)) this.clients.clear();
    return limitIn(this.clients, client).mayKeep() && this.unknownSenders.mayKeep();
  }
}

function limitIn(limits: Map<string, UnknownSenderLimit>, name: string): UnknownSenderLimit {
  const limit = limits.get(name) ?? new UnknownSenderLimit(LIMIT_PER_SENDER);
  limits.set(name, limit);
  return limit;
}

/** Beginning of the body as text, with keys redacted; bytes that are not text show as U+FFFD. */
const startOf = (body: Uint8Array): string =>
  jsonbSafeText(
    redactedStart(Buffer.from(body.subarray(0, 2 * BODY_START)).toString('utf8'), BODY_START, redactRefused),
  );
