/** Overrides of schedules. Rows are permanent; cancelling is the only change. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import {
  decideCancel,
  decideOverride,
  type OverrideRequested,
  type Refused,
  refuse,
} from '../../domain/oncall/decide-override.js';
import type { Actor } from '../../domain/incident/state.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { liveChange } from '../config/live-change.js';
import { isUuid } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface ScheduleOverride {
  id: string;
  schedule: string;
  person: string;
  from: string;
  /** As created; the override ends at `cancelledAt` if that is earlier. */
  to: string;
  reason: string | null;
  /** The swap request from which it came. */
  swap: string | null;
  createdBy: Actor;
  createdAt: string;
  cancelledBy: Actor | null;
  cancelledAt: string | null;
}

export type OverrideOutcome =
  { kind: 'accepted'; override: ScheduleOverride } | Refused | { kind: 'not_found' };

/** Checks whether the caller may cancel this override: a refusal, or null. */
export type MayCancel = (override: ScheduleOverride) => Refused | null;

export class OverrideStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async add(
    schedule: string,
    asked: OverrideRequested & { reason: string | null },
    actor: Actor,
  ): Promise<OverrideOutcome> {
    const done = await liveChange(
      this.dataSource,
      this.snapshots,
      { kind: 'Schedule', name: schedule },
      async (change): Promise<OverrideOutcome> => {
        const { tx, snapshot, now } = change;
        const rows: { n: number }[] = await tx.query(
          `SELECT count(*)::int AS n FROM schedule_override WHERE schedule = $1
              AND (least(to_at, cancelled_at) > $2 OR created_at > $2::timestamptz - interval '1 day')`,
          [schedule, now],
        );
        const decision = decideOverride(asked, {
          now,
          roleOf: (name) => snapshot.get('Person', name)?.spec.role,
          toCome: rows[0]?.n ?? 0,
        });
        if (decision.kind === 'refused') return decision;
        const { person, from, to } = decision;
        const override = await insertOverride(tx, {
          schedule,
          person,
          from,
          to,
          reason: asked.reason,
          swap: null,
          createdBy: actor,
          createdAt: now,
        });
        await change.changed('override.create', actor, {
          id: override.id,
          person,
          from,
          to,
          reason: asked.reason,
        });
        return { kind: 'accepted', override };
      },
    );
    return done ?? { kind: 'not_found' };
  }

  /** An override in progress ends now. */
  async cancel(schedule: string, id: string, actor: Actor, mayCancel: MayCancel): Promise<OverrideOutcome> {
    if (!isUuid(id)) return { kind: 'not_found' };
    const done = await liveChange(
      this.dataSource,
      this.snapshots,
      { kind: 'Schedule', name: schedule },
      async (change): Promise<OverrideOutcome> => {
        const { tx, now } = change;
        const [found] = await select(tx, 'WHERE schedule = $1 AND id = $2', [schedule, id]);
        if (found === undefined) return { kind: 'not_found' };
        const decision = mayCancel(found) ?? decideCancel(found, now);
        if (decision.kind === 'refused') return decision;
        await tx.query('UPDATE schedule_override SET cancelled_by = $2, cancelled_at = $3 WHERE id = $1', [
          id,
          actor,
          now,
        ]);
        await change.changed('override.cancel', actor, {
          id,
          person: found.person,
          from: found.from,
          to: found.to,
        });
        return { kind: 'accepted', override: { ...found, cancelledBy: actor, cancelledAt: now } };
      },
    );
    return done ?? { kind: 'not_found' };
  }

  /** Current and future overrides by start; with `all` also past and cancelled ones, newest first. */
  list(schedule: string, { all }: { all: boolean }): Promise<ScheduleOverride[]> {
    return all
      ? select(this.dataSource, 'WHERE schedule = $1 ORDER BY seq DESC LIMIT 500', [schedule])
      : select(
          this.dataSource,
          'WHERE schedule = $1 AND cancelled_at IS NULL AND to_at > tocsin_now() ORDER BY from_at, seq',
          [schedule],
        );
  }

  /** Current and future overrides of all schedules. */
  toCome(): Promise<ScheduleOverride[]> {
    return select(
      this.dataSource,
      'WHERE cancelled_at IS NULL AND to_at > tocsin_now() ORDER BY from_at, seq LIMIT 500',
      [],
    );
  }
}

/** Runs in the transaction of the change to which it belongs. */
export async function insertOverride(
  tx: Querying,
  made: Omit<ScheduleOverride, 'id' | 'cancelledBy' | 'cancelledAt'>,
): Promise<ScheduleOverride> {
  const id = randomUUID();
  await tx.query(
    `INSERT INTO schedule_override (id, schedule, person, from_at, to_at, reason, swap_id, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      id,
      made.schedule,
      made.person,
      made.from,
      made.to,
      made.reason,
      made.swap,
      made.createdBy,
      made.createdAt,
    ],
  );
  return { ...made, id, cancelledBy: null, cancelledAt: null };
}

export const notYours = (detail: string): Refused => refuse('not_yours', detail);

interface Row {
  id: string;
  schedule: string;
  person: string;
  from_at: Date;
  to_at: Date;
  reason: string | null;
  swap_id: string | null;
  created_by: string;
  created_at: Date;
  cancelled_by: string | null;
  cancelled_at: Date | null;
}

async function select(tx: Querying, rest: string, values: unknown[]): Promise<ScheduleOverride[]> {
  const rows: Row[] = await tx.query(`SELECT * FROM schedule_override ${rest}`, values);
  return rows.map((row) => ({
    id: row.id,
    schedule: row.schedule,
    person: row.person,
    from: row.from_at.toISOString(),
    to: row.to_at.toISOString(),
    reason: row.reason,
    swap: row.swap_id,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    cancelledBy: row.cancelled_by,
    cancelledAt: row.cancelled_at?.toISOString() ?? null,
  }));
}
