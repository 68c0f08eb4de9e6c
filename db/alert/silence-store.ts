/** Silences. Rows are permanent: the end and its reason are the only changes. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import {
  decideEnd,
  decideSilence,
  mayChange,
  reminderAt,
  type Silencer,
  type SilenceRequested,
} from '../../domain/alert/decide-silence.js';
import type { Matcher } from '../../domain/alert/matcher.js';
import { heldBySilence, patternSteps } from '../../domain/alert/silence.js';
import { type Refused, refuse } from '../../domain/oncall/decide-override.js';
import type { Actor } from '../../domain/incident/state.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { liveEdit } from '../config/live-change.js';
import { idOf, isUuid, type Page, pageLimit, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface Silence {
  id: string;
  matchers: Matcher[];
  /** Only alerts for services of these teams; null: of every team, and of none. */
  teams: string[] | null;
  /** Matches every alert (of these teams), as was said when it was made. */
  everything: boolean;
  /** Short name of a person; null when a key made it for nobody. */
  owner: string | null;
  reason: string;
  until: string;
  /** It also ends when none of the alerts that it names fires any more. */
  untilClear: boolean;
  /** The incident from which it was made: its number, and its id. */
  incident: string | null;
  incidentId: string | null;
  createdBy: Actor;
  createdAt: string;
  endedBy: Actor | null;
  endedAt: string | null;
  isInForce: boolean;
  /** Alerts that fire and are held by it now. */
  held: number;
}

export interface NewSilence extends SilenceRequested {
  /** Made under this id once, however often it is asked for. */
  id?: string | undefined;
  owner: string | null;
  reason: string;
  incident: string | null;
}

/** Who asks. */
export interface SilencedBy extends Silencer {
  actor: Actor;
  person: string | null;
}

export type SilenceOutcome = { kind: 'accepted'; silence: Silence } | Refused | { kind: 'not_found' };

export class SilenceStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  add(asked: NewSilence, by: SilencedBy): Promise<SilenceOutcome> {
    return liveEdit(this.dataSource, this.snapshots, async ({ tx, snapshot, now, changed }) => {
      const id = asked.id ?? randomUUID();
      const [made] = await select(tx, 'WHERE id = $1', [id]);
      if (made !== undefined) return { kind: 'accepted', silence: made };
      const decision = decideSilence(asked, {
        now,
        by,
        teamOf: (service) => snapshot.get('Service', service)?.spec.team ?? null,
        teamExists: (name) => snapshot.get('Team', name) !== undefined,
        inForce: snapshot.live.silences.length,
        steps: patternSteps([...snapshot.live.silences, asked]),
      });
      if (decision.kind === 'refused') return decision;
      const { teams, until, everything } = decision;
      const { matchers, owner, reason, untilClear, incident } = asked;
      await tx.query(
        `INSERT INTO silence (id, matchers, teams, everything, owner, reason, until_at, until_clear, remind_at, incident_id, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          id,
          JSON.stringify(matchers),
          teams === null ? null : JSON.stringify(teams),
          everything,
          owner,
          reason,
          until,
          untilClear,
          reminderAt(now, until),
          incident,
          by.actor,
          now,
        ],
      );
      const data = { matchers, teams, until, reason, ...(everything ? { everything } : {}) };
      await changed({ actor: by.actor, action: 'silence.create', subject: `silence/${id}`, data });
      return found(await select(tx, 'WHERE id = $1', [id]));
    });
  }

  /** A new end, counted from now as for a new silence. */
  change(id: string, { until }: { until: string }, by: SilencedBy): Promise<SilenceOutcome> {
    return this.edit(id, by, async ({ tx, now, silence, audit }) => {
      const end = decideEnd(until, { now, everything: silence.everything });
      if (end.kind === 'refused') return end;
      await tx.query('UPDATE silence SET until_at = $2, remind_at = $3 WHERE id = $1', [
        id,
        end.until,
        reminderAt(now, end.until),
      ]);
      await audit('silence.change', { until: end.until, before: silence.until });
      return null;
    });
  }

  /** Ends it now: what it held and still fires is released (docs/silences.md). */
  end(id: string, by: SilencedBy): Promise<SilenceOutcome> {
    return this.edit(id, by, async ({ tx, now, audit, silence }) => {
      await tx.query('UPDATE silence SET ended_at = $2, ended_by = $3 WHERE id = $1', [id, now, by.actor]);
      await audit('silence.end', { until: silence.until });
      return null;
    });
  }

  private edit(
    id: string,
    by: SilencedBy,
    work: (edit: {
      tx: Querying;
      now: string;
      silence: Silence;
      audit: (action: string, data: object) => Promise<void>;
    }) => Promise<Refused | null>,
  ): Promise<SilenceOutcome> {
    if (!isUuid(id)) return Promise.resolve({ kind: 'not_found' });
    return liveEdit(this.dataSource, this.snapshots, async ({ tx, now, changed }) => {
      const [silence] = await select(tx, 'WHERE id = $1', [id]);
      if (silence === undefined) return { kind: 'not_found' };
      if (!mayChange(silence, by))
        return refuse(
          'not_yours',
          `${silence.owner ?? silence.createdBy} made this silence; they or a manager may change it.`,
        );
      if (!silence.isInForce)
        return refuse(
          'silence_over',
          silence.endedAt === null
            ? `It ended ${silence.until}; make a new one.`
            : `${silence.endedBy ?? 'Somebody'} ended it ${silence.endedAt}; make a new one.`,
        );
      const audit = (action: string, data: object): Promise<void> =>
        changed({ actor: by.actor, action, subject: `silence/${id}`, data });
      const refusal = await work({ tx, now, silence, audit });
      return refusal ?? found(await select(tx, 'WHERE id = $1', [id]));
    });
  }

  async get(id: string): Promise<Silence | null> {
    if (!isUuid(id)) return null;
    const [silence] = await select(this.dataSource, 'WHERE id = $1', [id]);
    return silence ?? null;
  }

  /** In force, the next to end first. */
  inForce(): Promise<Silence[]> {
    return select(this.dataSource, `WHERE ${IN_FORCE} ORDER BY until_at, id`, []);
  }

  /** Newest first. */
  async list(query: {
    state?: 'in_force' | 'over';
    limit?: number;
    cursor?: string;
  }): Promise<Page<Silence>> {
    const limit = pageLimit(query.limit);
    const rows = await select(
      this.dataSource,
      `WHERE ($1::boolean IS NULL OR (${IN_FORCE}) = $1)
         AND ($2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM silence WHERE id = $2))
       ORDER BY created_at DESC, id DESC LIMIT $3`,
      [query.state === undefined ? null : query.state === 'in_force', idOf(query.cursor), limit + 1],
    );
    return pageOf(
      rows,
      limit,
      ({ id }) => id,
      (silence) => silence,
    );
  }
}

const IN_FORCE = 'ended_at IS NULL AND until_at > tocsin_now()';

function found([silence]: Silence[]): SilenceOutcome {
  return silence === undefined ? { kind: 'not_found' } : { kind: 'accepted', silence };
}

interface Row {
  id: string;
  matchers: Matcher[];
  teams: string[] | null;
  everything: boolean;
  owner: string | null;
  reason: string;
  until_at: Date;
  until_clear: boolean;
  incident: string | null;
  incident_id: string | null;
  created_by: string;
  created_at: Date;
  ended_by: string | null;
  ended_at: Date | null;
  in_force: boolean;
  held: number;
}

async function select(tx: Querying, rest: string, values: unknown[]): Promise<Silence[]> {
  const rows: Row[] = await tx.query(
    `SELECT silence.*, ${IN_FORCE} AS in_force, (SELECT i.state->>'number' FROM incident i WHERE i.id = incident_id) AS incident,
       (SELECT count(*)::int FROM alert a WHERE a.status = 'open' AND a.held_by = '${heldBySilence('')}' || silence.id) AS held
       FROM silence ${rest}`,
    values,
  );
  return rows.map((row) => ({
    id: row.id,
    matchers: row.matchers,
    teams: row.teams,
    everything: row.everything,
    owner: row.owner,
    reason: row.reason,
    until: row.until_at.toISOString(),
    untilClear: row.until_clear,
    incident: row.incident,
    incidentId: row.incident_id,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    endedBy: row.ended_by,
    endedAt: row.ended_at?.toISOString() ?? null,
    isInForce: row.in_force,
    held: row.held,
  }));
}
