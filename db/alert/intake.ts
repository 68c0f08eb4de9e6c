/**
 * Intake: alert signals, declared incidents and drill injections become rows, events and outbox entries in one
 * transaction, before any sender gets a 2xx (docs/reliability.md, The ten decisions).
 */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { pausePoint } from '../../shared/pause-points.js';
import { coalesceSignals } from '../../domain/alert/coalesce-signals.js';
import type { Reason, SignalDecision } from '../../domain/alert/decide-signal.js';
import type { AlertSignal, GroupNotice } from '../../domain/alert/signal.js';
import { truncatedText } from '../../domain/alert/truncated.js';
import type { Priority, Severity } from '../../domain/config/terms.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import { closeAlert, lockKeys, openKeysOfGroup, readKeys } from './alert-rows.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { poolSizeOf } from '../connection/data-source.js';
import { lockIncident } from '../incident/incident-row.js';
import { IngestSlots, slotLimits } from './ingest-slots.js';
import { openIncident } from '../incident/open-incident.js';
import type { Recorder } from '../incident/record.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import {
  nothingKnown,
  type SignalBatch,
  type SignalSource,
  AlertSignalHandler,
} from './alert-signal-handler.js';

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

export interface DeclareRequest {
  title: string;
  service: string | null;
  severity?: Severity;
  priority?: Priority;
  description?: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
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
   * Takes many signals in parts, each part in a transaction of its own: a body of ten thousand alerts would need more locks than
   * the database has, and hold them for minutes. When a part fails, the sender is asked to retry, and the stored parts are then
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
    };
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
       RETURNING incident_id AS incident`,
      [source, dedupKeys, truncated],
    );
    for (const incidentId of new Set(rows.map(({ incident }) => incident))) {
      const command = { type: 'note', text: truncatedText(truncated) } as const;
      await this.recorder.recordIn(tx, { incidentId, actor: `source:${source}`, command });
    }
  }

  /** A person declares an incident without an alert. A title is enough. */
  declare(request: DeclareRequest): Promise<IncidentState> {
    return retryingTransaction(this.dataSource, (tx) => this.declareIn(tx, request));
  }

  async declareIn(
    tx: EntityManager,
    { title, service, severity, priority, description, actor, onBehalfOf }: DeclareRequest,
  ): Promise<IncidentState> {
    const rows: { now: Date }[] = await tx.query('SELECT tocsin_now() AS now');
    const snapshot = await this.snapshots.latest(tx);
    const decided = prioritise(snapshot, service, severity ?? 'error');
    const state = await openIncident(tx, {
      title,
      service,
      severity: severity ?? 'error',
      priority: priority ?? decided.priority,
      priorityReasons: priority === undefined ? decided.reasons : [`set to ${priority} when it was declared`],
      drill: null,
      alert: null,
      actor,
      onBehalfOf,
      now: (rows[0]?.now ?? new Date()).toISOString(),
      snapshot,
    });
    if (description === undefined || description === '') return state;
    const noted = await this.recorder.recordIn(tx, {
      incidentId: state.id,
      actor,
      onBehalfOf,
      command: { type: 'note', text: description.slice(0, 2000) },
    });
    return noted.kind === 'not_found' ? state : noted.state;
  }

  /** Closes alerts whose sender promised to repeat them and did not (`endsAt` has passed). */
  async closeExpired(limit: number): Promise<number> {
    const due: { source: string; dedup_key: string; title: string }[] = await this.dataSource.query(
      `SELECT source, dedup_key, title FROM alert WHERE status = 'open' AND resolve_at <= tocsin_now() ORDER BY resolve_at LIMIT $1`,
      [limit],
    );
    for (const { source, dedup_key, title } of due) {
      await retryingTransaction(this.dataSource, async (tx) => {
        const { now, facts } = await lockKeys(tx, source, [dedup_key]);
        const incident = facts.get(dedup_key)?.open?.incident ?? null;
        if (incident !== null) await lockIncident(tx, incident);
        const open = (await readKeys(tx, source, [dedup_key])).facts.get(dedup_key)?.open;
        // A person resolved or merged the incident meanwhile: the next run reads the new state.
        if (open == null || open.incident !== incident) return;
        const renewed: unknown[] = await tx.query(
          'SELECT 1 FROM alert WHERE id = $1 AND resolve_at > tocsin_now()',
          [open.id],
        );
        if (renewed.length > 0) return;
        const text = 'its sender stopped repeating it (endsAt has passed)';
        const reasons: Reason[] = [{ stage: 'dedup', decision: 'closed', text }];
        await closeAlert(tx, open.id, { now, by: 'tocsin', occurredAt: null, reasons });
        await this.handler.tellIncident(tx, open.incident, source, {
          type: 'close_alert',
          alert: open.id,
          title,
        });
      });
    }
    return due.length;
  }
}

/** Signals per transaction: an acknowledgement of their incident waits for its row as long as the transaction lasts. */
const SIGNALS_AT_ONCE = 50;
const GROUP_PARTS_MAX = 1_000;

/** The signals of a body that go into one transaction. */
interface Part {
  signals: AlertSignal[];
  isFirst: boolean;
  /** The group notice is handled with the last part. */
  group?: GroupNotice | undefined;
  /** Digest of the whole body. */
  digest: string | null;
}

function* partsOf({ group, ...whole }: Part): Generator<Part> {
  const { signals } = whole;
  for (let start = 0; start === 0 || start < signals.length; start += SIGNALS_AT_ONCE) {
    const end = start + SIGNALS_AT_ONCE;
    const isLast = end >= signals.length;
    yield {
      ...whole,
      signals: signals.slice(start, end),
      isFirst: start === 0,
      ...(isLast ? { group } : {}),
    };
  }
}

const wholeOf = ({ signals, group, raw }: IngestRequest): Part => ({
  signals,
  isFirst: true,
  group,
  digest: raw === null ? null : createHash('sha256').update(raw).digest('base64'),
});

/** The group ended, and its notification may be truncated: open alerts of the group that it does not name end too. */
async function resolvesOfGroup(
  tx: EntityManager,
  source: string,
  { key, named }: { key: string; named: readonly string[] },
): Promise<AlertSignal[]> {
  const open = await openKeysOfGroup(tx, source, { key, named, limit: SIGNALS_AT_ONCE });
  return open.map((dedupKey) => ({
    action: 'resolve',
    dedupKey,
    title: dedupKey,
    severity: 'info',
    labels: {},
    links: [],
    occurredAt: null,
    detail: null,
  }));
}
