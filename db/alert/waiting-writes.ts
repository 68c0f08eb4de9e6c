/**
 * Writes of one transaction that wait for others of their kind: new alerts that joined an incident or are held, joins of an incident,
 * counted repeats. Whoever reads alerts, groups or incidents in the transaction writes them first.
 */
import type { EntityManager } from 'typeorm';
import type { CoalescedStep } from '../../domain/alert/coalesce-signals.js';
import type { QuietJoins } from '../incident/quiet-joins.js';
import type { Recorder } from '../incident/record.js';
import { insertAlerts, type NewAlert } from './alert-rows.js';
import { type GroupHead, renewGroups } from './group-rows.js';
import { type CountedRepeats, countRepeats } from './repeat-rows.js';
import type { SignalBatch } from './signal-batch.js';

/** A message and the batch that it is taken with. */
export interface BatchStep {
  batch: SignalBatch;
  step: CoalescedStep;
}

interface Repeat extends CountedRepeats {
  steps: BatchStep[];
}

export class WaitingWrites {
  private alerts: (NewAlert & { id: string })[] = [];
  private readonly ids = new Set<string>();
  private repeats = new Map<string, Repeat>();
  private joins = new Set<QuietJoins>();
  private groups = new Map<string, GroupHead>();

  constructor(
    private readonly tx: EntityManager,
    private readonly recorder: Recorder,
    private readonly now: string,
  ) {}

  /** The alert's row waits, so it cannot be counted yet. */
  isNew(alert: string): boolean {
    return this.ids.has(alert);
  }

  insert(alert: NewAlert & { id: string }): void {
    this.alerts.push(alert);
    this.ids.add(alert.id);
  }

  join(joins: QuietJoins, group: string, incident: string): void {
    this.joins.add(joins);
    this.groups.set(group, { incident, lastAt: this.now });
  }

  repeat(alert: string, { batch, step }: BatchStep): void {
    const { signal, count } = step;
    const before = this.repeats.get(alert);
    const steps = before?.steps ?? [];
    steps.push({ batch, step });
    this.repeats.set(alert, {
      alert,
      signal,
      count: (before?.count ?? 0) + count,
      body: batch.body,
      startedAt: signal.startedAt ?? before?.startedAt ?? null,
      groupKey: signal.groupKey ?? before?.groupKey ?? null,
      steps,
    });
  }

  /** Returns the repeats of alerts that were closed meanwhile: they have to be decided anew. */
  async write(): Promise<BatchStep[]> {
    const { tx, alerts, joins, groups, repeats } = this;
    this.alerts = [];
    this.ids.clear();
    this.joins = new Set();
    this.groups = new Map();
    this.repeats = new Map();
    if (alerts.length > 0) await insertAlerts(tx, alerts);
    for (const one of joins) await this.recorder.recordJoins(tx, one);
    if (groups.size > 0) await renewGroups(tx, groups);
    if (repeats.size === 0) return [];
    const counted = await countRepeats(tx, [...repeats.values()], this.now);
    return [...repeats.values()].flatMap(({ alert, steps }) => (counted.has(alert) ? [] : steps));
  }
}
