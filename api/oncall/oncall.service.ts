/** Who is on call, when, and what a policy would do: questions only, nothing is paged. */
import { Inject, Injectable } from '@nestjs/common';
import type { ShiftsQuery, SimulateBody } from '../../contracts/api/oncall.js';
import { ConfigStore } from '../../db/config-store.js';
import type { Store } from '../../db/store.js';
import type { ConfigSnapshot, ScheduleSpec } from '../../domain/config/specs.js';
import { simulate, type Simulation } from '../../domain/escalation/simulate.js';
import { onCallAt } from '../../domain/oncall/on-call-at.js';
import { resolveTimeline } from '../../domain/oncall/resolve-shifts.js';
import { type ResolvedShifts, ScheduleError } from '../../domain/oncall/schedule.js';
import { resolveTargets } from '../../domain/oncall/targets.js';
import { buildResponse } from '../../domain/response/build-response.js';
import { evaluateCondition } from '../../domain/rules/condition.js';
import { durationMs } from '../../domain/shared/duration.js';
import { invalid, notFound } from '../common/problem.js';
import { STORE } from '../common/tokens.js';
import type { OncallQuery } from './oncall.schemas.js';

export interface OncallItem {
  team: string;
  schedule: string;
  person: string | null;
  until: string | null;
  next: { person: string; from: string } | null;
  /** Why this schedule says nothing. */
  error?: string;
}

@Injectable()
export class OncallService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly configs: ConfigStore,
  ) {}

  async now({ at, team }: OncallQuery): Promise<OncallItem[]> {
    const snapshot = await this.snapshot();
    const instant = at ?? (await this.databaseTime());
    return snapshot
      .list('Schedule')
      .filter(({ spec }) => team === undefined || spec.team === team)
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(({ name, spec }) => ({ team: spec.team, schedule: name, ...standing(spec, instant) }));
  }

  /** Every edit counts from when it was made, so an answer about the past stays the same. */
  async shifts(name: string, { from, to }: ShiftsQuery): Promise<ResolvedShifts & { tzdata: string }> {
    if ((await this.snapshot()).get('Schedule', name) === undefined)
      throw notFound(`There is no schedule ${name.slice(0, 63)}.`);
    const revisions = (await this.configs.revisions('Schedule', name)).flatMap(({ spec, at }) =>
      spec === null ? [] : [{ effectiveFrom: at, spec: spec as ScheduleSpec }],
    );
    return { ...resolveTimeline(revisions.toReversed(), from, to), tzdata: process.versions.tz ?? 'unknown' };
  }

  async simulate(name: string, { at, priority, service, answers }: SimulateBody): Promise<Simulation> {
    const snapshot = await this.snapshot();
    const policy = snapshot.get('EscalationPolicy', name);
    if (policy === undefined) throw notFound(`There is no escalation policy ${name.slice(0, 63)}.`);
    if (service !== undefined && snapshot.get('Service', service) === undefined) {
      throw invalid(`There is no service ${service}.`, [
        { path: 'service', message: `there is no service "${service}"` },
      ]);
    }
    const { urgency } = buildResponse(snapshot, service ?? null, priority);
    const incident = {
      priority,
      severity: 'critical',
      service: service ?? '',
      title: 'Simulated incident',
      team: policy.spec.team,
      drill: false,
      alertsOpen: 1,
    };
    return simulate({
      track: { name: policy.spec.team, team: policy.spec.team, discipline: '', required: false, policy },
      at: new Date(at).toISOString(),
      urgency,
      snapshot,
      answers: answers.map(({ person, after }) => ({ person, afterMs: durationMs(after) })),
      resolve: (targets, when) => resolveTargets(targets, snapshot, when),
      condition: (expression) => evaluateCondition(expression, 'policy', { incident }, true),
    });
  }

  private async databaseTime(): Promise<string> {
    const rows: { now: Date }[] = await this.store.dataSource.query('SELECT tocsin_now() AS now');
    return (rows[0]?.now ?? new Date()).toISOString();
  }

  private snapshot(): Promise<ConfigSnapshot> {
    return this.store.snapshots.latest(this.store.dataSource);
  }
}

/** One broken schedule must not hide who is on call in the others. */
function standing(spec: ScheduleSpec, at: string): Omit<OncallItem, 'team' | 'schedule'> {
  try {
    return onCallAt(spec, at);
  } catch (error) {
    if (error instanceof ScheduleError)
      return { person: null, until: null, next: null, error: error.message };
    throw error;
  }
}
