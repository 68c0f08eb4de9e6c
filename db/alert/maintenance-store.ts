/** Maintenance windows. Rows are permanent: the end is the only change. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { mayChange } from '../../domain/alert/decide-silence.js';
import { decideWindow } from '../../domain/alert/decide-window.js';
import { heldByWindow } from '../../domain/alert/maintenance.js';
import type { Actor } from '../../domain/incident/state.js';
import { type Refused, refuse } from '../../domain/oncall/decide-override.js';
import {
  windowReminderAt,
  type WindowSpan,
  type WindowTimes,
} from '../../domain/oncall/maintenance-spans.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { liveEdit } from '../config/live-change.js';
import { idOf, isUuid, type Page, pageLimit, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';
import type { SilencedBy } from './silence-store.js';

export interface MaintenanceWindow {
  id: string;
  services: string[];
  state: 'in_force' | 'coming' | 'over';
  /** The present or next time; null when it is over. */
  current: WindowSpan | null;
  /** All times that were to come when it was made. */
  spans: WindowSpan[];
  rule: WindowRule | null;
  owner: string | null;
  reason: string;
  createdBy: Actor;
  createdAt: string;
  endedBy: Actor | null;
  endedAt: string | null;
  /** Alerts that fire and are held by it now. */
  held: number;
}

type WindowRule = Omit<Extract<WindowTimes, { kind: 'rule' }>, 'kind'>;

export interface NewWindow {
  id?: string | undefined;
  services: readonly string[];
  times: WindowTimes;
  reason: string;
  owner: string | null;
}

export type WindowOutcome = { kind: 'accepted'; window: MaintenanceWindow } | Refused | { kind: 'not_found' };

export class MaintenanceStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  add(asked: NewWindow, by: SilencedBy): Promise<WindowOutcome> {
    return liveEdit(this.dataSource, this.snapshots, async ({ tx, snapshot, now, changed }) => {
      const id = asked.id ?? randomUUID();
      const [made] = await select(tx, 'WHERE id = $1', [id]);
      if (made !== undefined) return { kind: 'accepted', window: made };
      const { services, times, reason, owner } = asked;
      const decision = decideWindow(asked, {
        now,
        by,
        teamOf: (service) => snapshot.get('Service', service)?.spec.team,
        toCome: snapshot.live.windows.length,
      });
      if (decision.kind === 'refused') return decision;
      const { spans } = decision;
      const { kind, ...rule } = times;
      await tx.query(
        `INSERT INTO maintenance_window (id, services, spans, last_to, rule, owner, reason, remind_at, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          id,
          JSON.stringify(services),
          JSON.stringify(spans),
          spans.at(-1)?.to,
          kind === 'rule' ? JSON.stringify(rule) : null,
          owner,
          reason,
          windowReminderAt(spans, kind === 'rule', now),
          by.actor,
          now,
        ],
      );
      const data = { services, ...rule, reason };
      await changed({ actor: by.actor, action: 'maintenance.create', subject: `maintenance/${id}`, data });
      return found(await select(tx, 'WHERE id = $1', [id]));
    });
  }

  /** Ends it now, with all times to come: what it held and still fires is released. */
  async end(id: string, by: SilencedBy): Promise<WindowOutcome> {
    if (!isUuid(id)) return { kind: 'not_found' };
    return liveEdit(this.dataSource, this.snapshots, async ({ tx, snapshot, now, changed }) => {
      const [window] = await select(tx, 'WHERE id = $1', [id]);
      if (window === undefined) return { kind: 'not_found' };
      const teams = window.services.map((service) => snapshot.get('Service', service)?.spec.team ?? '');
      if (!mayChange({ ...window, teams }, by))
        return refuse(
          'not_yours',
          `${window.owner ?? window.createdBy} made this window; they, its teams or a manager may end it.`,
        );
      if (window.state === 'over')
        return refuse(
          'window_over',
          `It is over${window.endedBy === null ? '' : `: ${window.endedBy} ended it ${window.endedAt}`}.`,
        );
      await tx.query('UPDATE maintenance_window SET ended_at = $2, ended_by = $3 WHERE id = $1', [
        id,
        now,
        by.actor,
      ]);
      const data = { services: window.services };
      await changed({ actor: by.actor, action: 'maintenance.end', subject: `maintenance/${id}`, data });
      return found(await select(tx, 'WHERE id = $1', [id]));
    });
  }

  async get(id: string): Promise<MaintenanceWindow | null> {
    if (!isUuid(id)) return null;
    return (await select(this.dataSource, 'WHERE id = $1', [id]))[0] ?? null;
  }

  /** Those with a time to come, the next first. */
  async toCome(): Promise<MaintenanceWindow[]> {
    const windows = await select(this.dataSource, 'WHERE ended_at IS NULL AND last_to > tocsin_now()', []);
    return windows.toSorted((a, b) => (a.current?.from ?? '').localeCompare(b.current?.from ?? ''));
  }

  /** Newest first. */
  async list(query: { limit?: number; cursor?: string }): Promise<Page<MaintenanceWindow>> {
    const limit = pageLimit(query.limit);
    const rows = await select(
      this.dataSource,
      `WHERE $1::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM maintenance_window WHERE id = $1)
       ORDER BY created_at DESC, id DESC LIMIT $2`,
      [idOf(query.cursor), limit + 1],
    );
    return pageOf(
      rows,
      limit,
      ({ id }) => id,
      (window) => window,
    );
  }
}

function found([window]: MaintenanceWindow[]): WindowOutcome {
  return window === undefined ? { kind: 'not_found' } : { kind: 'accepted', window };
}

interface Row {
  id: string;
  services: string[];
  spans: WindowSpan[];
  rule: WindowRule | null;
  owner: string | null;
  reason: string;
  created_by: string;
  created_at: Date;
  ended_by: string | null;
  ended_at: Date | null;
  now: Date;
  held: number;
}

async function select(tx: Querying, rest: string, values: unknown[]): Promise<MaintenanceWindow[]> {
  const rows: Row[] = await tx.query(
    `SELECT maintenance_window.*, tocsin_now() AS now,
       (SELECT count(*)::int FROM alert a WHERE a.status = 'open' AND a.held_by = '${heldByWindow('')}' || maintenance_window.id) AS held
       FROM maintenance_window ${rest}`,
    values,
  );
  return rows.map(({ now, ...row }) => {
    const present = now.toISOString();
    const current = row.ended_at === null ? (row.spans.find(({ to }) => to > present) ?? null) : null;
    return {
      id: row.id,
      services: row.services,
      state: current === null ? 'over' : current.from <= present ? 'in_force' : 'coming',
      current,
      spans: row.spans,
      rule: row.rule,
      owner: row.owner,
      reason: row.reason,
      createdBy: row.created_by,
      createdAt: row.created_at.toISOString(),
      endedBy: row.ended_by,
      endedAt: row.ended_at?.toISOString() ?? null,
      held: row.held,
    };
  });
}
