/**
 * Intake: alert signals, of sources and of drills, become rows, events and outbox entries in one transaction, before any
 * sender gets a 2xx (docs/reliability.md, The ten decisions). Messages of one source that arrive together share a transaction
 * (docs/adr/0035-intake-in-batches.md).
 */
import type { DataSource, EntityManager } from 'typeorm';
import { pausePoint } from '../../shared/pause-points.js';
import { coalesceSignals } from '../../domain/alert/coalesce-signals.js';
import type { KeyFacts, SignalDecision } from '../../domain/alert/decide-signal.js';
import type { AlertSignal, GroupNotice } from '../../domain/alert/signal.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { poolSizeOf } from '../connection/data-source.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Recorder } from '../incident/record.js';
import { lockKeys } from './alert-rows.js';
import { AlertSignalHandler } from './alert-signal-handler.js';
import {
  GROUP_PARTS_MAX,
  type Part,
  partsOf,
  resolvesOfGroup,
  SIGNALS_AT_ONCE,
  wholeOf,
} from './ingest-parts.js';
import { logMessages } from './ingest-log-rows.js';
import { IngestSlots, slotLimits } from './ingest-slots.js';
import { IntakeQueue } from './intake-queue.js';
import { lockBatch } from './lock-batch.js';
import { noteTruncated } from './note-truncated.js';
import { QuickSignals } from './quick-signals.js';
import type { SignalBatch, SignalSource } from './signal-batch.js';
import { WaitingWrites } from './waiting-writes.js';

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

/** A part of a message of a source. */
export interface Message {
  request: IngestRequest;
  part: Part;
}

export class Intake {
  private readonly handler: AlertSignalHandler;
  private readonly queue: IntakeQueue<Message, IngestedSignal[]>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
  ) {
    this.handler = new AlertSignalHandler(recorder, snapshots);
    const limits = slotLimits(poolSizeOf(dataSource));
    this.queue = new IntakeQueue(new IngestSlots(limits), limits, {
      take: (messages) => this.takeTogether(messages),
      sizeOf: ({ request, part }) => ({
        signals: part.signals.length,
        bytes: part.isFirst ? (request.raw?.length ?? 0) : 0,
        // The end of a group closes alerts that an earlier message may just be opening.
        isAlone: part.group?.isOver === true,
      }),
    });
  }

  /**
   * Takes the signals in parts, each part in one transaction. When a part fails, the sender is asked to retry, and the stored parts are then
   * repeats.
   */
  async ingest(request: IngestRequest): Promise<IngestedSignal[]> {
    const taken: IngestedSignal[] = [];
    const take = async (part: Part): Promise<number> => {
      const ingested = await this.queue.add(request.source, { request, part });
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
    const [taken = []] = await this.ingestTogether(tx, [{ request, part }]);
    return taken;
  }

  private takeTogether(messages: readonly Message[]): Promise<IngestedSignal[][]> {
    return retryingTransaction(this.dataSource, async (tx) => {
      const taken = await this.ingestTogether(tx, messages);
      await pausePoint('F1', factsOf(taken.flat()));
      return taken;
    });
  }

  /** Messages of one source. Answers the first of them: those that would make the transaction too long are not taken. */
  async ingestTogether(tx: EntityManager, messages: readonly Message[]): Promise<IngestedSignal[][]> {
    const source = messages[0]?.request.source ?? '';
    const ended = await endedBy(tx, messages);
    const keysOf = messages.map(({ part }, n) =>
      coalesceSignals([...part.signals, ...(n === 0 ? ended : [])].map((signal) => ({ source, signal }))),
    );
    const dedupKeys = [...new Set(keysOf.flatMap((keys) => keys.map(({ dedupKey }) => dedupKey)))].toSorted();
    const { now, configVersion, facts } = await lockKeys(tx, source, dedupKeys);
    const snapshot = await this.snapshots.at(tx, configVersion);
    const parts = messages.map(({ request, part }, n) => {
      const batch: SignalBatch = { tx, request, now, snapshot, body: part.digest, groups: new Set() };
      return { batch, keys: keysOf[n] ?? [] };
    });
    const locked = await lockBatch(tx, parts, facts);
    const writes = new WaitingWrites(tx, this.recorder, now);
    const signals = new QuickSignals(this.handler, writes, facts, `source:${source}`, locked);
    const taken: IngestedSignal[][] = [];
    for (const [n, { batch, keys }] of parts.entries()) {
      // An acknowledgement of an incident waits as long as the transaction lasts.
      if (n > 0 && signals.slow >= SIGNALS_AT_ONCE) break;
      // Two ends of a key have two times: the later one is the last.
      if (n > 0 && keys.some(({ dedupKey }) => hasClosedAt(facts.get(dedupKey), now))) break;
      const ingested: IngestedSignal[] = [];
      for (const { dedupKey, steps } of keys) {
        for (const step of steps) {
          const { decision, incident } = await signals.take(batch, step);
          ingested.push({ dedupKey, decision, incident });
        }
      }
      const group = messages[n]?.part.group;
      if (group !== undefined && group.truncated > 0) {
        await signals.write();
        const named = messages[n]?.request.signals.map((signal) => signal.dedupKey) ?? [];
        await noteTruncated(tx, this.recorder, source, { dedupKeys: named, truncated: group.truncated });
        signals.forget();
      }
      taken.push(ingested);
    }
    await signals.write();
    await logMessages(
      tx,
      messages.slice(0, taken.length).flatMap(({ request, part }, n) =>
        part.isFirst && request.raw !== null
          ? [
              {
                source,
                format: request.spec.format,
                body: request.raw,
                signals: request.signals.length + (n === 0 ? ended.length : 0),
              },
            ]
          : [],
      ),
    );
    return taken;
  }
}

/** A group that is over is the only message of its transaction. */
async function endedBy(tx: EntityManager, [first, ...others]: readonly Message[]): Promise<AlertSignal[]> {
  const group = first?.part.group;
  if (first === undefined || others.length > 0 || group?.isOver !== true) return [];
  const named = first.request.signals.map(({ dedupKey }) => dedupKey);
  return resolvesOfGroup(tx, first.request.source, { key: group.key, named });
}

const hasClosedAt = (known: KeyFacts | undefined, now: string): boolean =>
  known?.lastClosed != null && Date.parse(known.lastClosed.closedAt) === Date.parse(now);

const factsOf = (ingested: readonly IngestedSignal[]) => ({
  key: ingested[0]?.dedupKey ?? null,
  incident: ingested[0]?.incident ?? null,
});
