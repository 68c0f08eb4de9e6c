/**
 * Commands of people that touch more than one row: declare with an idempotency key, set priority with its teams,
 * merge.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { Priority } from '../../domain/config/terms.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { holderOf } from '../../domain/incident/holder.js';
import { applyPriority, saveResponse, planPriority, type PlannedPriority } from './apply-priority.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { type LockedIncident, lockIncident } from './incident-row.js';
import { declareIncident, type DeclareRequest } from './declare-incident.js';
import { isOtherRequest, KeyReused } from './idempotency.js';
import type { Recorder, RecordOutcome } from './record.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';

interface CommandRequest {
  incidentId: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
  idempotencyKey?: string;
  idempotencyDigest?: string;
  seen?: string | undefined;
  unseen?: boolean;
}

/** Carries a refusal out of a transaction that must be rolled back. */
class Rollback extends Error {
  constructor(readonly outcome: RecordOutcome) {
    super('undone');
  }
}

export class IncidentCommands {
  constructor(
    private readonly dataSource: DataSource,
    readonly recorder: Recorder,
    readonly snapshots: ConfigSnapshots,
  ) {}

  /** With a key, repeats of the same actor's request are one incident. */
  declare(
    request: DeclareRequest,
    idempotency?: { key: string; digest: string },
  ): Promise<{ state: IncidentState; isNew: boolean }> {
    return retryingTransaction(this.dataSource, async (tx) => {
      if (idempotency === undefined) return { state: await declareIncident(tx, this, request), isNew: true };
      const { actor } = request;
      const key = `declare/${idempotency.key}`;
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))`, [key, actor]);
      const known: { state: IncidentState; digest: string | null }[] = await tx.query(
        'SELECT i.state, c.digest FROM command_log c JOIN incident i ON i.id = c.incident_id WHERE c.actor = $1 AND c.key = $2',
        [actor, key],
      );
      if (known[0] !== undefined) {
        if (isOtherRequest(known[0].digest, idempotency.digest)) throw new KeyReused();
        return { state: known[0].state, isNew: false };
      }
      const state = await declareIncident(tx, this, request);
      await tx.query(
        `INSERT INTO command_log (incident_id, actor, key, outcome, digest, at) VALUES ($1, $2, $3, '{"kind": "accepted"}', $4, tocsin_now())`,
        [state.id, actor, key, idempotency.digest],
      );
      return { state, isNew: true };
    });
  }

  /**
   * A priority set by a person stays. Teams in the plan of the new priority are engaged; engaged teams are never
   * dropped.
   */
  setPriority(
    commandRequest: CommandRequest,
    request: { priority: Priority; by: string; reason: string | null },
  ): Promise<RecordOutcome> {
    const { priority, by, reason } = request;
    const reasons = [`set to ${priority} by ${by}${reason === null ? '' : `: ${reason}`}`];
    return retryingTransaction(this.dataSource, (tx) =>
      applyPriority(tx, this, { ...commandRequest, by, decide: () => ({ priority, reasons }) }),
    );
  }

  /** Alerts and pages move to `into`; the merged incident closes and refers to it. All or nothing. */
  async merge(commandRequest: CommandRequest, into: string): Promise<RecordOutcome> {
    try {
      return await retryingTransaction(this.dataSource, (tx) => this.mergeIn(tx, commandRequest, into));
    } catch (error) {
      if (error instanceof Rollback) return error.outcome;
      throw error;
    }
  }

  private async mergeIn(
    tx: EntityManager,
    commandRequest: CommandRequest,
    into: string,
  ): Promise<RecordOutcome> {
    // Sorted, so that two merges of the same pair do not deadlock.
    const locked = new Map<string, Awaited<ReturnType<typeof lockIncident>>>();
    for (const id of [commandRequest.incidentId, into].toSorted())
      locked.set(id, locked.get(id) ?? (await lockIncident(tx, id)));
    const [from, target] = [locked.get(commandRequest.incidentId), locked.get(into)];
    if (from == null || target == null) return { kind: 'not_found' };
    const merged = await this.recorder.recordLocked(tx, from, {
      ...commandRequest,
      command: { type: 'merge', into, number: target.state.number, drill: target.state.drill },
    });
    if (merged.kind !== 'accepted') return merged;
    const { alertsOpen, alertsTotal, number, priority } = from.state;
    const isHigher = priority < target.state.priority;
    const weighed = isHigher ? await this.weightOf(tx, from, target) : null;
    const absorbed = await this.recorder.recordLocked(tx, target, {
      incidentId: into,
      actor: commandRequest.actor,
      onBehalfOf: commandRequest.onBehalfOf,
      command: {
        type: 'absorb',
        incident: commandRequest.incidentId,
        number,
        alertsOpen,
        alertsTotal,
        unowned: holderOf(from.state) === null,
        weight: weighed?.weight ?? null,
      },
    });
    if (absorbed.kind === 'refused') throw new Rollback(absorbed);
    if (absorbed.kind === 'accepted' && weighed !== null)
      await saveResponse(tx, absorbed.state, weighed.response);
    await tx.query('UPDATE alert SET incident_id = $2 WHERE incident_id = $1', [
      commandRequest.incidentId,
      into,
    ]);
    await tx.query('UPDATE alert_group SET incident_id = $2 WHERE incident_id = $1', [
      commandRequest.incidentId,
      into,
    ]);
    return merged;
  }

  /** A higher priority of the merged incident carries over, with the teams it engaged. */
  private weightOf(
    tx: EntityManager,
    from: LockedIncident,
    target: LockedIncident,
  ): Promise<PlannedPriority> {
    const { number, priority, priorityBy, priorityReasons } = from.state;
    return planPriority(tx, this, target, {
      priority,
      reasons: [...priorityReasons, `${number} was ${priority} and was merged into this`],
      by: priorityBy,
      besides: from.response.escalations,
    });
  }
}
