/**
 * Every change of an incident goes through this module (docs/architecture.md, The record and Temporal). One
 * transaction: lock the row, call `decide`, insert the events, update the fold, the projections, the outbox and the
 * audit entry.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { pausePoint } from '../../shared/pause-points.js';
import {
  type CommandContext,
  type Decision,
  type IncidentCommand,
  refused,
  unchanged,
} from '../../domain/incident/commands.js';
import { decide } from '../../domain/incident/decide.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { teamsOf } from '../../domain/response/teams-of.js';
import { foldEvents } from '../../domain/incident/fold.js';
import { isKey } from '../../domain/incident/actors.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { namesFrom, spoken } from '../../domain/people/spoken.js';
import { displayNamesIn } from '../../domain/config/display-names.js';
import { EVENT_COLUMNS, type EventRow, toEvent } from './event-row.js';
import { isOtherRequest, KEY_REUSED, KEY_REUSED_DETAIL } from './idempotency.js';
import { type LockedIncident, lockIncident, writeEvents } from './incident-row.js';
import { numbered } from './number-facts.js';
import type { QuietJoins } from './quiet-joins.js';
import { project, type Projecting } from '../projections/project.js';
import { announceEvents } from '../subscription/subscriptions.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Querying } from '../connection/querying.js';

export interface RecordRequest {
  incidentId: string;
  /** A function is called under the row lock, for a command that depends on the state. */
  command: IncidentCommand | ((locked: LockedIncident) => IncidentCommand);
  actor: Actor;
  /** The person for whom an API key acts. */
  onBehalfOf?: string | undefined;
  /** Same actor, incident and key: the first outcome is returned again, nothing is recorded twice. */
  idempotencyKey?: string;
  /** Digest of the whole request under that key: the same key with another request is refused. */
  idempotencyDigest?: string;
  /** Position of the incident when the person decided (`positionOf`): refused if the incident has moved on. */
  seen?: string | undefined;
  /** The request comes from outside and shows no such position. */
  unseen?: boolean;
  /** False when the incident's own workflow calls: it gets the events as the result, so no signal is due. */
  tellWorkflow?: boolean;
  /** The returned events start after this `seq`; by default only the new ones. */
  afterSeq?: number;
  /** Passed to the projections: content too large for an event (step output, post-mortem text). */
  attachment?: unknown;
}

export type RecordOutcome =
  | { kind: 'accepted' | 'unchanged'; state: IncidentState; events: IncidentEvent[] }
  | { kind: 'refused'; code: string; detail: string; state: IncidentState; events: IncidentEvent[] }
  | { kind: 'not_found' };

export class Recorder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly projecting: Projecting,
  ) {}

  record(request: RecordRequest): Promise<RecordOutcome> {
    return retryingTransaction(this.dataSource, (tx) => this.recordIn(tx, request));
  }

  async recordIn(tx: EntityManager, request: RecordRequest): Promise<RecordOutcome> {
    const locked = await lockIncident(tx, request.incidentId);
    if (locked === null) return { kind: 'not_found' };
    return this.recordLocked(tx, locked, request);
  }

  /** For callers that already hold the row lock (paging plans its ledger rows under it). */
  async recordLocked(
    tx: EntityManager,
    locked: LockedIncident,
    request: RecordRequest,
  ): Promise<RecordOutcome> {
    const repeated = await this.repeatOf(tx, request);
    const wanted = typeof request.command === 'function' ? request.command(locked) : request.command;
    const command =
      wanted.type === 'acknowledge' && !isKey(request.actor)
        ? await this.withTeams(tx, locked, wanted)
        : wanted;
    const decision = repeated ?? decide(locked.state, command, askingOf(request, locked));
    const earlier = await eventsAfter(tx, request, locked.state.seq);

    if (decision.kind === 'refused') {
      return {
        kind: 'refused',
        code: decision.code,
        detail: await this.inNames(tx, locked, decision.detail),
        state: locked.state,
        events: earlier,
      };
    }
    if (decision.kind === 'unchanged') return { kind: 'unchanged', state: locked.state, events: earlier };

    const events = numbered(decision.facts, { after: locked.state.seq, at: locked.now }, request);
    const state = foldEvents(locked.state.id, locked.state, events);
    await writeEvents(tx, {
      locked,
      state,
      events,
      action: command.type,
      actor: request.actor,
      onBehalfOf: request.onBehalfOf,
      tellWorkflow: request.tellWorkflow ?? true,
    });
    for (const event of events) {
      await project(tx, this.projecting, { state, event, attachment: request.attachment, locked });
    }
    await announceEvents(tx, await this.projecting.snapshots.at(tx, locked.configVersion), {
      before: locked.state,
      events,
      response: locked.response,
      now: locked.now,
    });
    await this.remember(tx, request, decision);
    if (command.type === 'acknowledge') await pausePoint('F9', { incident: state.id });
    if (command.type === 'resolve' || command.type === 'waive_postmortem')
      await pausePoint('F13', { incident: state.id, command: command.type });
    return { kind: 'accepted', state, events: [...earlier, ...events] };
  }

  /** Writes the events of alerts that joined one incident together (`QuietJoins`): one write, one notice at the most. */
  recordJoins(tx: EntityManager, joins: QuietJoins): Promise<void> {
    return joins.write(tx, this.projecting);
  }

  /** Refusals are shown to people: decisions mark people and documents, which get their display names here. */
  private async inNames(tx: EntityManager, locked: LockedIncident, detail: string): Promise<string> {
    const snapshot = await this.projecting.snapshots.at(tx, locked.configVersion);
    return spoken(detail, namesFrom(displayNamesIn(snapshot)));
  }

  /**
   * Looked up here, so that an acknowledgement counts for the same teams from every channel. Alert sources and API
   * keys have none.
   */
  private async withTeams(
    tx: EntityManager,
    { configVersion }: LockedIncident,
    command: Extract<IncidentCommand, { type: 'acknowledge' }>,
  ): Promise<IncidentCommand> {
    const snapshot = await this.projecting.snapshots.at(tx, configVersion);
    const isPerson = snapshot.get('Person', command.person) !== undefined;
    return isPerson ? { ...command, teams: teamsOf(snapshot, command.person) } : command;
  }

  private async repeatOf(
    tx: EntityManager,
    { incidentId, actor, idempotencyKey, idempotencyDigest }: RecordRequest,
  ): Promise<Decision | null> {
    if (idempotencyKey === undefined) return null;
    const rows: { digest: string | null }[] = await tx.query(
      'SELECT digest FROM command_log WHERE incident_id = $1 AND actor = $2 AND key = $3',
      [incidentId, actor, idempotencyKey],
    );
    const [used] = rows;
    if (used === undefined) return null;
    return isOtherRequest(used.digest, idempotencyDigest)
      ? refused(KEY_REUSED, KEY_REUSED_DETAIL)
      : unchanged;
  }

  private async remember(tx: EntityManager, request: RecordRequest, decision: Decision): Promise<void> {
    if (request.idempotencyKey === undefined) return;
    await tx.query(
      'INSERT INTO command_log (incident_id, actor, key, outcome, digest, at) VALUES ($1, $2, $3, $4, $5, tocsin_now())',
      [
        request.incidentId,
        request.actor,
        request.idempotencyKey,
        JSON.stringify({ kind: decision.kind }),
        request.idempotencyDigest ?? null,
      ],
    );
  }
}

const askingOf = (
  { actor, onBehalfOf, seen, unseen }: RecordRequest,
  { now }: LockedIncident,
): CommandContext => ({
  actor,
  now,
  onBehalfOf,
  seen,
  unseen,
});

async function eventsAfter(
  tx: EntityManager,
  request: RecordRequest,
  upTo: number,
): Promise<IncidentEvent[]> {
  const { afterSeq } = request;
  return afterSeq === undefined || afterSeq >= upTo ? [] : readEvents(tx, request.incidentId, afterSeq);
}

/** Events after `afterSeq`, in order. */
export async function readEvents(
  tx: Querying,
  incidentId: string,
  afterSeq: number,
): Promise<IncidentEvent[]> {
  const rows: EventRow[] = await tx.query(
    `SELECT ${EVENT_COLUMNS} FROM incident_event WHERE incident_id = $1 AND seq > $2 ORDER BY seq`,
    [incidentId, afterSeq],
  );
  return rows.map(toEvent);
}
