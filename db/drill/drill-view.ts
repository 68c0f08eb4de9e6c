/**
 * Views of drill runs. A run whose score is final shows what was stored; any other is scored as of now, from the events
 * that its expectations are about.
 */
import type { DataSource } from 'typeorm';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import {
  isScored,
  SCORED_KINDS,
  type DrillScore,
  scoreDrill,
  type ScoredEvent,
  type ScoredExpectation,
} from '../../domain/drill/score.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { dueAt, teamCalendar } from '../../domain/oncall/business-days.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { EVENT_COLUMNS, type EventRow, toEvent } from '../incident/event-row.js';
import type { DrillRow, DrillState } from './drill-rows.js';
import { documentTitle } from '../../domain/config/display-names.js';

export interface DrillRun {
  id: string;
  drill: string;
  incident: string | null;
  /** Number of the incident. */
  number: string | null;
  state: DrillState;
  startedBy: Actor;
  abortedBy: Actor | null;
  score: { earned: number; possible: number } | null;
  expectations: ScoredExpectation[];
  startedAt: string;
  finishedAt: string | null;
}

interface ViewedRow extends DrillRow {
  incident: IncidentState | null;
  now: Date;
}

export class DrillView {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async get(id: string): Promise<DrillRun | null> {
    const [run] = await this.read('SELECT * FROM drill_run WHERE id = $1', [id]);
    return run ?? null;
  }

  /** Newest first. */
  list(limit: number): Promise<DrillRun[]> {
    return this.read('SELECT * FROM drill_run ORDER BY started_at DESC LIMIT $1', [limit]);
  }

  /** The last run of each drill. */
  last(): Promise<DrillRun[]> {
    return this.read('SELECT DISTINCT ON (drill) * FROM drill_run ORDER BY drill, started_at DESC', []);
  }

  private async read(runs: string, parameters: unknown[]): Promise<DrillRun[]> {
    const rows: ViewedRow[] = await this.dataSource.query(
      `SELECT r.*, i.state AS incident, tocsin_now() AS now FROM (${runs}) r LEFT JOIN incident i ON i.id = r.incident_id
        ORDER BY r.started_at DESC`,
      parameters,
    );
    if (rows.length === 0) return [];
    const snapshot = await this.snapshots.latest(this.dataSource);
    const events = await this.scoredEvents(rows.flatMap(({ incident_id }) => incident_id ?? []));
    return rows.map((row) => viewOf(row, snapshot, events.get(row.incident_id ?? '') ?? []));
  }

  private async scoredEvents(incidents: string[]): Promise<Map<string, ScoredEvent[]>> {
    const rows: (EventRow & { incident_id: string })[] = await this.dataSource.query(
      `SELECT incident_id, ${EVENT_COLUMNS} FROM incident_event WHERE incident_id = ANY ($1) AND kind = ANY ($2) ORDER BY incident_id, seq`,
      [incidents, SCORED_KINDS],
    );
    const events = new Map<string, ScoredEvent[]>();
    for (const row of rows) {
      const event = toEvent(row);
      if (!isScored(event)) continue;
      const known = events.get(row.incident_id);
      if (known === undefined) events.set(row.incident_id, [event]);
      else known.push(event);
    }
    return events;
  }
}

function viewOf(row: ViewedRow, snapshot: ConfigSnapshot, events: ScoredEvent[]): DrillRun {
  const measured = row.score === null ? measure(row, snapshot, events) : row;
  return {
    id: row.id,
    drill: row.drill,
    incident: row.incident_id,
    number: row.incident?.number ?? null,
    state: row.state,
    startedBy: row.started_by,
    abortedBy: row.aborted_by,
    score: row.state === 'running' ? null : (measured?.score ?? null),
    expectations: measured?.expectations ?? [],
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

function measure(
  { spec, now, incident: state }: ViewedRow,
  snapshot: ConfigSnapshot,
  events: ScoredEvent[],
): Pick<DrillScore, 'score' | 'expectations'> | null {
  if (state === null) return null;
  const team = snapshot.get('Team', state.team)?.spec;
  const calendar = team === undefined ? undefined : teamCalendar(team);
  return scoreDrill({
    expectations: spec.expect,
    events,
    state,
    now: now.toISOString(),
    reviewDueAt: (within, from) => dueAt(within, from, calendar),
    runbookTitle: (name) => documentTitle(snapshot, 'Runbook', name),
  });
}
