/** Queries about who is on call and when. */
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Injectable } from '@nestjs/common';
import type { GapsQuery } from '../../contracts/api/on-call-changes.js';
import type { ShiftsQuery } from '../../contracts/api/oncall.js';
import { asOf, readHistory } from '../../db/oncall/schedule-times.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { onCallAt } from '../../domain/oncall/on-call-at.js';
import { monthRange } from '../../domain/oncall/month-range.js';
import { findCoverageGaps, type CoverageGap } from '../../domain/oncall/coverage-gaps.js';
import { resolve } from '../../domain/oncall/resolve-shifts.js';
import { scheduleHistory } from '../../domain/oncall/revisions.js';
import { type ResolvedShifts, ScheduleError, type ScheduleHistory } from '../../domain/oncall/schedule.js';
import { ZONE_DATA_VERSION } from '../../domain/oncall/zone-data.js';
import { notFound } from '../common/problem.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { shiftsCsv } from './shifts-csv.js';
import type { OncallQuery } from '../../contracts/api/oncall-requests.js';

export interface OncallItem {
  team: string;
  schedule: string;
  person: string | null;
  until: string | null;
  next: { person: string; from: string } | null;
  /** Why this schedule cannot be resolved. */
  error?: string;
}

@Injectable()
export class OncallService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async now({ at, team }: OncallQuery): Promise<OncallItem[]> {
    const inForce = await this.snapshot();
    const instant = at ?? (await databaseTime(this.dataSource));
    const snapshot = at === undefined ? inForce : await asOf(this.dataSource, inForce, at);
    return snapshot
      .list('Schedule')
      .filter(({ spec }) => team === undefined || spec.team === team)
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(({ name, spec }) => ({
        team: spec.team,
        schedule: name,
        ...status(scheduleHistory(snapshot, name), instant),
      }));
  }

  /** Coverage gaps of all schedules, or of one team's. */
  async gaps({ days, team }: GapsQuery): Promise<{ items: CoverageGap[]; from: string; to: string }> {
    const snapshot = await this.snapshot();
    const from = await databaseTime(this.dataSource);
    const to = new Date(Date.parse(from) + days * 86_400_000).toISOString();
    const items = findCoverageGaps(snapshot, from, to).filter(
      (gap) => team === undefined || gap.team === team,
    );
    return { items, from, to };
  }

  /** An edit counts from when it was made, so an answer about the past stays the same. */
  async shifts(name: string, { from, to }: ShiftsQuery): Promise<ResolvedShifts & { tzdata: string }> {
    if ((await this.snapshot()).get('Schedule', name) === undefined)
      throw notFound(`There is no schedule ${name.slice(0, 63)}.`);
    const history = await readHistory(this.dataSource, name, { from, to });
    if (history === null) throw notFound(`There never was a schedule ${name.slice(0, 63)}.`);
    return { ...resolve(history, from, to), tzdata: ZONE_DATA_VERSION };
  }

  /** As text/csv: each shift and coverage gap of the month, on the schedule's current clock. */
  async monthCsv(name: string, month: string): Promise<string> {
    const snapshot = await this.snapshot();
    const timezone = snapshot.get('Schedule', name)?.spec.timezone;
    if (timezone === undefined) throw notFound(`There is no schedule ${name.slice(0, 63)}.`);
    const shifts = await this.shifts(name, monthRange(month, timezone));
    return shiftsCsv(
      name,
      { ...shifts, timezone },
      (person) => snapshot.get('Person', person)?.spec.displayName ?? person,
    );
  }

  private snapshot(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }
}

/** One broken schedule must not hide who is on call in the others. */
function status(history: ScheduleHistory | undefined, at: string): Omit<OncallItem, 'team' | 'schedule'> {
  try {
    return history === undefined ? { person: null, until: null, next: null } : onCallAt(history, at);
  } catch (error) {
    if (error instanceof ScheduleError)
      return { person: null, until: null, next: null, error: error.message };
    throw error;
  }
}
