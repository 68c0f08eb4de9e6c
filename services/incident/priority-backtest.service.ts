/** Back-test of priority rules: which incidents of the last quarter would have had another priority, and why. Reads only. */
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { incidentsWithAlerts } from '../../db/incident/past-alerts.js';
import type { Priority } from '../../domain/config/terms.js';
import { DAY } from '../../domain/oncall/wall-clock.js';
import { priorityByAlerts, withRules } from '../../domain/priority/backtest-rules.js';
import type { PriorityRule } from '../../domain/priority/priority-rules-spec.js';

const QUARTER_DAYS = 90;

interface PriorityChange {
  id: string;
  number: string;
  title: string;
  service: string | null;
  at: string;
  /** On the record: a person may have set it. */
  recorded: Priority;
  /** By the rules in force, and by the proposed ones. */
  before: Priority;
  after: Priority;
  /** The reasons of `after`. */
  because: string[];
}

export interface PriorityBacktest {
  from: string;
  to: string;
  /** Incidents that were looked at; those that people declared have no alert and are left out. */
  incidents: number;
  declared: number;
  changed: number;
  items: PriorityChange[];
  /** Cursor of older incidents. */
  next: string | null;
}

@Injectable()
export class PriorityBacktests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async backtest(
    rules: PriorityRule[],
    range: { from?: string | undefined; to?: string | undefined; limit: number; cursor?: string | undefined },
  ): Promise<PriorityBacktest> {
    const before = await this.snapshots.latest(this.dataSource.manager);
    const after = withRules(before, rules);
    const to = new Date(range.to ?? (await databaseTime(this.dataSource))).toISOString();
    const from = new Date(range.from ?? Date.parse(to) - QUARTER_DAYS * DAY).toISOString();
    const { limit, cursor } = range;
    const past = await incidentsWithAlerts(this.dataSource, { from, to, limit, cursor });
    const items: PriorityChange[] = [];
    let declared = 0;
    for (const { alerts, priority: recorded, ...incident } of past.items) {
      await setImmediate();
      const was = priorityByAlerts(before, incident.service, alerts);
      const is = priorityByAlerts(after, incident.service, alerts);
      if (was === null || is === null) declared += 1;
      else if (was.priority !== is.priority)
        items.push({ ...incident, recorded, before: was.priority, after: is.priority, because: is.reasons });
    }
    const incidents = past.items.length - declared;
    return { from, to, incidents, declared, changed: items.length, items, next: past.next };
  }
}
