/** Handles one inbound body: credential, parse, commit, reply in the format's own words. Bad input never gets a 5xx. */
import type { Logger } from '../../shared/logger.js';
import { OverBudget, TooManyJobs } from '../../shared/thread.js';
import { IngestBusy } from '../../db/alert/ingest-slots.js';
import type { Store } from '../../db/connection/store.js';
import { completeSignal } from '../../domain/alert/complete-signal.js';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type {
  FieldError,
  ParseOutcome,
  SourceFormat,
  SourceHeaders,
  SourceReply,
} from '../../integrations/shared/alerts/format.js';
import { isDatabaseAway } from '../../http/to-problem.js';
import type { IngestMetrics } from '../metrics/metrics.js';
import { type BodyReader, mapInChunks, READ_AT_ONCE } from './body-reader.js';
import { type Rejection, type Rejections, unknownKeyOf } from './rejections.js';
import type { SourceKeys } from './source-keys.js';
import { unpack } from './unpack.js';
import { keyIn, withoutKeys } from './without-keys.js';

const RETRY_AFTER_S = 2;
export const TOO_LARGE = 'body too large';

export interface Inbound {
  format: SourceFormat;
  raw: Uint8Array;
  headers: SourceHeaders;
  /** The source whose key is in the path; null when the body contains the key. */
  source: ConfigDocument<'Source'> | null;
  /** The key in the path; null when the body contains the key. */
  key?: string | null;
  /** Sender as the rate limits count it. */
  client: string;
}

/** Sender of a refused body, for its record and its rate limit. */
export type Sender = Pick<Rejection, 'source' | 'client'>;

export class Ingest {
  constructor(
    private readonly store: Store,
    private readonly keys: SourceKeys,
    private readonly rejections: Rejections,
    private readonly reader: Pick<BodyReader, 'read'>,
    private readonly metrics: IngestMetrics,
    private readonly logger: Logger,
  ) {}

  async take(inbound: Inbound): Promise<SourceReply> {
    const { format } = inbound;
    try {
      return await this.answer(inbound);
    } catch (error) {
      // A 5xx makes every sender retry, so that a defect of ours does not lose the alert.
      const isPlain = error instanceof IngestBusy || isDatabaseAway(error);
      if (!isPlain) this.logger.error({ err: error, format: format.name }, 'ingest failed');
      return format.unavailable(RETRY_AFTER_S);
    }
  }

  /** The body was not read: larger than the limit, or cut short. */
  async refuseUnread(format: SourceFormat, by: Sender, reason: string): Promise<SourceReply> {
    const errors = [{ path: 'body', message: reason }];
    const reply = reason === TOO_LARGE ? format.tooLarge() : format.rejected(errors);
    try {
      return await this.refuse(format, by, { reason, errors, body: new Uint8Array(), reply });
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      return format.unavailable(RETRY_AFTER_S);
    }
  }

  private async answer(inbound: Inbound): Promise<SourceReply> {
    const { format, headers, source, key = null, client } = inbound;
    const by = { source: source?.name ?? null, client };
    const unpacked =
      inbound.raw.length > format.bodyLimitBytes
        ? ({ kind: 'too_large' } as const)
        : await unpack(inbound.raw, headers, format.bodyLimitBytes);
    if (unpacked.kind === 'too_large') return this.refuseUnread(format, by, TOO_LARGE);
    if (unpacked.kind === 'unreadable') {
      const errors = [{ path: 'body', message: unpacked.message }];
      const reply = { ...format.rejected(errors), status: unpacked.status };
      return this.refuse(format, by, {
        reason: 'invalid body',
        errors,
        body: inbound.raw,
        reply,
      });
    }
    const { raw } = unpacked;
    const known = source ?? (await this.claimedBy(raw));
    const owner = { name: known?.name ?? client, isKnown: known !== null };
    let outcome: ParseOutcome;
    try {
      outcome = await this.reader.read(owner, { format, raw, headers, keyInPath: source !== null });
    } catch (error) {
      if (error instanceof TooManyJobs) return format.unavailable(RETRY_AFTER_S);
      if (!(error instanceof OverBudget)) throw error;
      const errors = [{ path: 'body', message: 'takes longer to read than a body may; send less in one' }];
      const reply = format.rejected(errors);
      return this.refuse(
        format,
        { source: known?.name ?? null, client },
        { reason: 'too costly', errors, body: raw, reply },
      );
    }
    const found =
      source ?? (outcome.credential === undefined ? null : await this.keys.find(outcome.credential));
    if (outcome.kind === 'rejected') {
      const { errors } = outcome;
      return this.refuse(
        format,
        { source: found?.name ?? null, client },
        {
          reason: 'invalid body',
          errors,
          body: raw,
          reply: format.rejected(errors),
        },
      );
    }
    if (found === null) {
      const former = outcome.credential === undefined ? null : await this.keys.findFormer(outcome.credential);
      const { source: name, ...why } = unknownKeyOf('routing_key', former);
      return this.refuse(format, { source: name, client }, { ...why, body: raw, reply: format.badKey() });
    }
    const { refused = [], group } = outcome;
    const signals = await mapInChunks(outcome.signals, (read) =>
      completeSignal(read, { name: found.name, severity: found.spec.severity }),
    );
    await this.store.intake.ingest({
      source: found.name,
      spec: found.spec,
      signals,
      raw: withoutKeys(raw, { brought: outcome.credential, inPath: key }),
      ...(group === undefined ? {} : { group }),
    });
    this.metrics.ingested(found.name, signals.length);
    const reply = format.accepted(signals, { refused, ...(group === undefined ? {} : { group }) });
    if (refused.length > 0)
      await this.keepRefused(format, { source: found.name, client }, { errors: refused, body: raw });
    return reply;
  }

  /** Source whose key an unparsed large body contains: a source's bodies must not wait behind those of unknown senders. */
  private async claimedBy(raw: Uint8Array): Promise<ConfigDocument<'Source'> | null> {
    const claimed = raw.length > READ_AT_ONCE ? keyIn(raw) : null;
    return claimed === null ? null : this.keys.find(claimed);
  }

  /** The accepted alerts are committed; a sender that retried because of this failure would only repeat them. */
  private async keepRefused(
    format: SourceFormat,
    by: Sender,
    { errors, body }: { errors: readonly FieldError[]; body: Uint8Array },
  ): Promise<void> {
    try {
      await this.rejections.store({ ...by, format: format.name, reason: 'invalid alert', errors, body });
    } catch (error) {
      this.logger.error({ err: error, source: by.source }, 'refused alerts could not be stored');
    }
  }

  private async refuse(
    format: SourceFormat,
    by: Sender,
    {
      reason,
      errors,
      body,
      reply,
    }: { reason: string; errors: readonly FieldError[]; body: Uint8Array; reply: SourceReply },
  ): Promise<SourceReply> {
    await this.rejections.store({ ...by, format: format.name, reason, errors, body });
    return reply;
  }
}
