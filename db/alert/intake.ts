/**
 * Intake: alert signals, of sources and of drills, become rows, events and outbox entries in one transaction, before any
 * sender gets a 2xx (docs/reliability.md, The ten decisions).
 */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { pausePoint } from '../../shared/pause-points.js';
import { coalesceSignals } from '../../domain/alert/coalesce-signals.js';
import type { SignalDecision } from '../../domain/alert/decide-signal.js';
import type { AlertSignal, GroupNotice } from '../../domain/alert/signal.js';
import { truncatedText } from '../../domain/alert/truncated.js';
import { lockKeys } from './alert-rows.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { poolSizeOf } from '../connection/data-source.js';
import {
  GROUP_PARTS_MAX,
  type Part,
  partsOf,
  resolvesOfGroup,
  SIGNALS_AT_ONCE,
  wholeOf,
} from './ingest-parts.js';
import { IngestSlots, slotLimits } from './ingest-slots.js';
import type { Recorder } from '../incident/record.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { lockBatch } from './lock-batch.js';
import { AlertSignalHandler } from './alert-signal-handler.js';
import { nothingKnown, type SignalBatch, type SignalSource } from './signal-batch.js';

export interface IngestRequest extends SignalSource {
  signals: AlertSignal[];
  group?: GroupNotice;
  raw: Uint8Array | null;
}

export interface IngestedSignal {
  dedupKey: string;
  decision: SignalDecision['kind'];
  incident: string | null;
}

export class Intake {
  private readonly handler: AlertSignalHandler;
  private readonly slots: IngestSlots;

  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
  ) {
    this.handler = new AlertSignalHandler(recorder, snapshots);
    this.slots = new IngestSlots(slotLimits(poolSizeOf(dataSource)));
  }

  /**
   * Takes the signals in parts, each part in a transaction of its own. When a part fails, the sender is asked to retry, and the stored parts are then
   * repeats.
   */
  async ingest(request: IngestRequest): Promise<IngestedSignal[]> {
    const factsOf = (ingested: IngestedSignal[]) => ({
      key: ingested[0]?.dedupKey ?? null,
      incident: ingested[0]?.incident ?? null,
    });
    const taken: IngestedSignal[] = [];
    const take = async (part: Part): Promise<number> => {
      const ingested = await this.slots.run(request.source, () =>
        retryingTransaction(this.dataSource, async (tx) => {
          const inPart = await this.ingestIn(tx, request, part);
          await pausePoint('F1', factsOf(inPart));
          return inPart;
        }),
      );
      for (const one of ingested) taken.push(one);
      return ingested.length;
    };
    let count = 0;
    const whole = wholeOf(request);
    for (const part of partsOf(whole)) count = await take(part);
    // The end of a group may close more alerts than one transaction takes.
    const end: Part = { ...whole, signals: [], isFirst: false };
    for (
      let more = 0;
      end.group?.isOver === true && count >= SIGNALS_AT_ONCE && more < GROUP_PARTS_MAX;
      more += 1
    )
      count = await take(end);
    await pausePoint('F2', factsOf(taken));
    return taken;
  }

  async ingestIn(
    tx: EntityManager,
    request: IngestRequest,
    part: Part = wholeOf(request),
  ): Promise<IngestedSignal[]> {
    const { source } = request;
    const { group } = part;
    const named = group === undefined ? [] : request.signals.map(({ dedupKey }) => dedupKey);
    const ended = group?.isOver === true ? await resolvesOfGroup(tx, source, { key: group.key, named }) : [];
    const keys = coalesceSignals([...part.signals, ...ended].map((signal) => ({ source, signal })));
    const { now, configVersion, facts } = await lockKeys(
      tx,
      source,
      keys.map((key) => key.dedupKey),
    );
    const batch: SignalBatch = {
      tx,
      request,
      now,
      snapshot: await this.snapshots.at(tx, configVersion),
      body: part.digest,
      groups: new Set(),
    };
    await lockBatch(batch, keys, facts);
    if (part.isFirst && request.raw !== null) {
      await tx.query(
        'INSERT INTO ingest_log (id, at, source, format, body, signals) VALUES ($1, tocsin_now(), $2, $3, $4, $5)',
        [
          randomUUID(),
          source,
          request.spec.format,
          Buffer.from(request.raw),
          request.signals.length + ended.length,
        ],
      );
    }
    const ingested: IngestedSignal[] = [];
    for (const { dedupKey, steps } of keys) {
      let known = facts.get(dedupKey) ?? nothingKnown;
      for (const step of steps) {
        const { decision, incident, next } = await this.handler.take(batch, step, known);
        ingested.push({ dedupKey, decision, incident });
        known = next;
      }
    }
    if (group !== undefined && group.truncated > 0)
      await this.noteTruncated(tx, source, {
        dedupKeys: named,
        truncated: group.truncated,
      });
    return ingested;
  }

  /** Notes truncation once on each incident, and again when more alerts are cut than before. */
  private async noteTruncated(
    tx: EntityManager,
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
      await this.recorder.recordIn(tx, { incidentId, actor: `source:${source}`, command });
    }
  }
}
