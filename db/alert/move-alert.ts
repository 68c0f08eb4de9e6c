/** Moves an open alert to another incident, or splits it off into one of its own, as a person asks. */
import type { DataSource, EntityManager } from 'typeorm';
import type { Severity } from '../../domain/config/terms.js';
import { isOpenIncident } from '../../domain/incident/is-open.js';
import type { Actor } from '../../domain/incident/state.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { databaseTime } from '../connection/database-time.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { lockIncident } from '../incident/incident-row.js';
import { openIncident } from '../incident/open-incident.js';
import type { Recorder } from '../incident/record.js';
import { lockKeys } from './alert-rows.js';
import { joinIncident } from './join-incident.js';

export interface AlertMove {
  alert: string;
  /** Id of the incident that takes the alert; null: one of its own. */
  into: string | null;
  actor: Actor;
  onBehalfOf?: string | undefined;
}

export type AlertMoved =
  | { kind: 'moved'; incident: string }
  | { kind: 'refused'; code: string; detail: string }
  | { kind: 'not_found'; what: 'alert' | 'incident' };

type Locked = NonNullable<Awaited<ReturnType<typeof lockIncident>>>;

interface Movable {
  source: string;
  dedupKey: string;
  status: 'open' | 'closed';
  incident: string | null;
  title: string;
  severity: Severity;
  service: string | null;
  labels: Record<string, string>;
}

/** Ends the transaction: nothing of a refused move stays. */
class Refused extends Error {
  constructor(readonly outcome: AlertMoved) {
    super(outcome.kind === 'refused' ? outcome.detail : outcome.kind);
  }
}

const refuse = (code: string, detail: string): never => {
  throw new Refused({ kind: 'refused', code, detail });
};

export class AlertMoves {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async move(request: AlertMove): Promise<AlertMoved> {
    try {
      return await retryingTransaction(this.dataSource, (tx) => this.moveIn(tx, request));
    } catch (error) {
      if (error instanceof Refused) return error.outcome;
      throw error;
    }
  }

  /** Locks in the order of intake: the key of the alert, then incidents by id. */
  private async moveIn(tx: EntityManager, { alert: id, into, ...by }: AlertMove): Promise<AlertMoved> {
    const known = await readAlert(tx, id);
    if (known === null) return { kind: 'not_found', what: 'alert' };
    await lockKeys(tx, known.source, [known.dedupKey]);
    const alert = (await readAlert(tx, id)) ?? known;
    if (alert.status === 'closed')
      refuse('alert_closed', 'This alert has closed; it stays with its incident.');
    if (alert.incident === null)
      return refuse('alert_held', 'This alert is held, so it has no incident yet; its page says by what.');
    if (alert.incident === into) return refuse('already_there', 'This alert is in that incident already.');
    const locked = new Map<string, Locked | null>();
    for (const one of [alert.incident, ...(into === null ? [] : [into])].toSorted())
      locked.set(one, await lockIncident(tx, one));
    const from = locked.get(alert.incident) ?? null;
    const target = into === null ? null : (locked.get(into) ?? null);
    if (from === null || (into !== null && target === null)) return { kind: 'not_found', what: 'incident' };
    if (from.state.drill !== (target?.state.drill ?? null))
      return refuse(
        'other_drill',
        'Alerts of a drill stay in its one incident, and real alerts never join a drill.',
      );
    if (target !== null && !isOpenIncident(target.state))
      return refuse(
        `already_${target.state.status}`,
        `${target.state.number} is ${target.state.status}; reopen it, or split the alert off.`,
      );
    const incident = await this.place(tx, { id, ...alert }, { from, target }, by);
    await tx.query('UPDATE alert SET incident_id = $2 WHERE id = $1', [id, incident.id]);
    const released = await this.recorder.recordIn(tx, {
      incidentId: alert.incident,
      ...by,
      command: {
        type: 'release_alert',
        alert: id,
        title: alert.title,
        into: incident.number,
        isNew: into === null,
      },
    });
    if (released.kind === 'refused') return refuse(released.code, released.detail);
    return { kind: 'moved', incident: incident.id };
  }

  private async place(
    tx: EntityManager,
    { id, title, severity, service, source, labels }: Movable & { id: string },
    { from, target }: { from: Locked; target: Locked | null },
    by: Pick<AlertMove, 'actor' | 'onBehalfOf'>,
  ): Promise<{ id: string; number: string }> {
    const now = await databaseTime(tx);
    const snapshot = await this.snapshots.latest(tx);
    const decided = prioritise(snapshot, { service, source, signal: { title, severity, labels }, now });
    if (target === null)
      return openIncident(tx, {
        title,
        service,
        severity,
        priority: decided.priority,
        priorityReasons: decided.reasons,
        drill: null,
        alert: id,
        now,
        snapshot,
        ...by,
      });
    const joined = await joinIncident(
      { recorder: this.recorder, snapshots: this.snapshots },
      tx,
      target.state.id,
      { ...by, alert: id, title, severity, folded: true, movedFrom: from.state.number, decided },
    );
    if (joined.kind === 'refused') return refuse(joined.code, joined.detail);
    return target.state;
  }
}

async function readAlert(tx: EntityManager, id: string): Promise<Movable | null> {
  const rows: Movable[] = await tx.query(
    `SELECT source, dedup_key AS "dedupKey", status, incident_id AS incident, coalesce(newest->>'title', title) AS title,
            coalesce(newest->>'severity', severity) AS severity, service, coalesce(newest->'labels', labels) AS labels
       FROM alert WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}
