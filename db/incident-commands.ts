/** The wishes of people that touch more than one row: declaring once, another priority with its teams, merging. */
import type { DataSource, EntityManager } from 'typeorm';
import type { Priority } from '../domain/config/specs.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { Actor, IncidentState } from '../domain/incident/state.js';
import { buildResponse, engagedTracks } from '../domain/response/build-response.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { lockIncident } from './incident-row.js';
import type { DeclareRequest, Intake } from './intake.js';
import type { Recorder, RecordOutcome } from './record.js';
import { retryingTransaction } from './retrying-transaction.js';

interface Asked {
  incidentId: string;
  actor: Actor;
  idempotencyKey?: string;
}

/** Carries a refusal out of a transaction that has to be undone. */
class Undo extends Error {
  constructor(readonly outcome: RecordOutcome) {
    super('undone');
  }
}

export class IncidentCommands {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly intake: Intake,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** With a key the same actor's same request is one incident, however often it is sent. */
  declare(
    request: DeclareRequest,
    idempotencyKey?: string,
  ): Promise<{ state: IncidentState; isNew: boolean }> {
    return retryingTransaction(this.dataSource, async (tx) => {
      if (idempotencyKey === undefined)
        return { state: await this.intake.declareIn(tx, request), isNew: true };
      const { actor } = request;
      const key = `declare/${idempotencyKey}`;
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))`, [key, actor]);
      const known: { state: IncidentState }[] = await tx.query(
        'SELECT i.state FROM command_log c JOIN incident i ON i.id = c.incident_id WHERE c.actor = $1 AND c.key = $2',
        [actor, key],
      );
      if (known[0] !== undefined) return { state: known[0].state, isNew: false };
      const state = await this.intake.declareIn(tx, request);
      await tx.query(
        `INSERT INTO command_log (incident_id, actor, key, outcome, at) VALUES ($1, $2, $3, '{"kind": "accepted"}', tocsin_now())`,
        [state.id, actor, key],
      );
      return { state, isNew: true };
    });
  }

  /** A person's priority stays. Teams that the new priority's plan names are engaged; nobody engaged is sent away. */
  setPriority(
    asked: Asked,
    wish: { priority: Priority; by: string; reason: string | null },
  ): Promise<RecordOutcome> {
    return this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, asked.incidentId);
      if (locked === null) return { kind: 'not_found' };
      const planned = buildResponse(
        await this.snapshots.at(tx, locked.configVersion),
        locked.state.service,
        wish.priority,
      );
      const response = widened(locked.response, planned, locked.state);
      const outcome = await this.recorder.recordLocked(tx, locked, {
        ...asked,
        command: {
          type: 'set_priority',
          priority: wish.priority,
          reasons: [`set to ${wish.priority} by ${wish.by}${wish.reason === null ? '' : `: ${wish.reason}`}`],
          by: wish.by,
          engaged: engagedTracks(response),
          ackTimeoutMs: response.ackTimeoutMs,
        },
      });
      if (outcome.kind === 'accepted') {
        await tx.query('UPDATE incident SET response = $2 WHERE id = $1', [
          asked.incidentId,
          JSON.stringify(response),
        ]);
      }
      return outcome;
    });
  }

  /** Alerts and pages move to `into`; the merged incident closes, pointing at it. All or nothing. */
  async merge(asked: Asked, into: string): Promise<RecordOutcome> {
    try {
      return await retryingTransaction(this.dataSource, (tx) => this.mergeIn(tx, asked, into));
    } catch (error) {
      if (error instanceof Undo) return error.outcome;
      throw error;
    }
  }

  private async mergeIn(tx: EntityManager, asked: Asked, into: string): Promise<RecordOutcome> {
    // Always in the same order, so that two merges of the same pair do not wait for each other.
    const locked = new Map<string, Awaited<ReturnType<typeof lockIncident>>>();
    for (const id of [asked.incidentId, into].toSorted())
      locked.set(id, locked.get(id) ?? (await lockIncident(tx, id)));
    const [from, target] = [locked.get(asked.incidentId), locked.get(into)];
    if (from == null || target == null) return { kind: 'not_found' };
    const merged = await this.recorder.recordLocked(tx, from, {
      ...asked,
      command: { type: 'merge', into, number: target.state.number },
    });
    if (merged.kind !== 'accepted') return merged;
    const { alertsOpen, alertsTotal, number } = from.state;
    const absorbed = await this.recorder.recordLocked(tx, target, {
      incidentId: into,
      actor: asked.actor,
      command: { type: 'absorb', incident: asked.incidentId, number, alertsOpen, alertsTotal },
    });
    if (absorbed.kind === 'refused') throw new Undo(absorbed);
    await tx.query('UPDATE alert SET incident_id = $2 WHERE incident_id = $1', [asked.incidentId, into]);
    return merged;
  }
}

/** The response of the new priority, on top of what is under way: a track keeps the policy it began with. */
function widened(
  current: IncidentResponse,
  planned: IncidentResponse,
  state: IncidentState,
): IncidentResponse {
  const engaged = new Set(state.tracks.map(({ name }) => name));
  const added = planned.tracks.filter(({ name }) => !engaged.has(name) && name !== 'organisation');
  return {
    ...planned,
    tracks: [...current.tracks, ...added],
    diagnostics: current.diagnostics,
    postmortem: current.postmortem,
  };
}
