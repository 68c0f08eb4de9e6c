/**
 * Takes the signals of one transaction. Repeats of open alerts and alerts that only join their group's incident wait and are written
 * together; every other signal is handled by itself, after what waits has been written (`AlertSignalHandler`).
 */
import { randomUUID } from 'node:crypto';
import type { CoalescedStep } from '../../domain/alert/coalesce-signals.js';
import { decideGrouping } from '../../domain/alert/decide-grouping.js';
import type { KeyFacts, Reason } from '../../domain/alert/decide-signal.js';
import { groupOf } from '../../domain/alert/group.js';
import { inhibits, mutings } from '../../domain/alert/inhibition.js';
import { judgingPlan } from '../../domain/alert/judging-plan.js';
import { plainRepeat } from '../../domain/alert/plain-repeat.js';
import { routeAlert } from '../../domain/alert/route-alert.js';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { candidateOf } from '../../domain/alert/silence.js';
import type { Hold, JudgedAlert } from '../../domain/alert/stage.js';
import { prioritise } from '../../domain/priority/prioritise.js';
import { watchedFacts } from '../../domain/watch/watched-facts.js';
import { lockIncident } from '../incident/incident-row.js';
import { QuietJoins } from '../incident/quiet-joins.js';
import type { AlertSignalHandler } from './alert-signal-handler.js';
import { groupId, type GroupHead, headsOfGroups } from './group-rows.js';
import { judge } from './hold-stages.js';
import { type LockedBatch, lockGroup } from './lock-batch.js';
import { reasonsOf, teamOf } from './place-alert.js';
import { nothingKnown, type SignalBatch, type Taken } from './signal-batch.js';
import type { BatchStep, WaitingWrites } from './waiting-writes.js';

export class QuickSignals {
  private readonly groups: Map<string, GroupHead | null>;
  private readonly incidents = new Map<string, QuietJoins>();
  /** Signals handled by themselves so far. */
  slow = 0;

  constructor(
    private readonly handler: AlertSignalHandler,
    private readonly writes: WaitingWrites,
    private readonly facts: Map<string, KeyFacts>,
    private readonly actor: string,
    { groups, incidents }: LockedBatch,
  ) {
    this.groups = new Map(groups);
    for (const [id, locked] of incidents) this.incidents.set(id, new QuietJoins(locked, actor));
  }

  async take(batch: SignalBatch, step: CoalescedStep): Promise<Taken> {
    const key = step.signal.dedupKey;
    const quick = await this.takeQuickly(batch, step, this.facts.get(key) ?? nothingKnown);
    if (quick !== null) {
      this.facts.set(key, quick.next);
      return quick;
    }
    await this.write();
    this.slow += 1;
    const taken = await this.handler.take(batch, step, this.facts.get(key) ?? nothingKnown);
    this.facts.set(key, taken.next);
    this.forget();
    return taken;
  }

  /** The incidents or groups that were read have changed, or new ones were opened. */
  forget(): void {
    this.groups.clear();
    this.incidents.clear();
  }

  /** Writes what waits. Repeats of alerts that a person's command has closed meanwhile are decided anew. */
  async write(): Promise<void> {
    for (const { batch, step } of await this.writes.write()) {
      const taken = await this.handler.takeAnew(batch, step);
      this.facts.set(step.signal.dedupKey, taken.next);
      this.forget();
    }
  }

  private async takeQuickly(batch: SignalBatch, step: CoalescedStep, known: KeyFacts): Promise<Taken | null> {
    const { signal } = step;
    const repeat = plainRepeat(signal, known, this.isNoted(batch, signal));
    if (repeat === null) return this.joinQuickly({ batch, step }, known);
    if (this.writes.isNew(repeat.alert)) await this.write();
    this.writes.repeat(repeat.alert, { batch, step });
    return { decision: 'counted', incident: repeat.incident, next: known };
  }

  private isNoted(batch: SignalBatch, signal: AlertSignal): boolean {
    const { request, snapshot } = batch;
    if (watchedFacts(request.source, signal) !== null) return true;
    if (snapshot.list('Inhibition').length === 0) return false;
    const { service } = routeAlert({ ...request.spec, source: request.source }, signal, snapshot);
    return inhibits(snapshot, { ...signal, source: request.source, service }).length > 0;
  }

  /** A new alert that is held, or joins an open incident without raising, paging or opening anything. */
  private async joinQuickly({ batch, step }: BatchStep, known: KeyFacts): Promise<Taken | null> {
    const { request, snapshot, now, body } = batch;
    const { signal, count } = step;
    if (signal.action !== 'trigger' || known.open !== null || request.drill !== undefined) return null;
    const { decision, route } = this.handler.decide(batch, signal, known);
    if (decision.kind !== 'new' || decision.status !== 'open' || decision.reopens !== null) return null;
    const { service } = route();
    if (known.parkedResolve !== null || judgingPlan(snapshot, service).after !== undefined) return null;
    const alert: JudgedAlert = {
      id: randomUUID(),
      source: request.source,
      signal,
      service,
      team: teamOf(snapshot, service),
      triggers: [],
      reopens: false,
      heldBy: null,
    };
    // What holds others back is noted, and what others may hold is compared with what waits here.
    const candidate = candidateOf(alert);
    if (inhibits(snapshot, candidate).length > 0 || mutings(snapshot, candidate).length > 0) return null;
    const judged = await judge(batch, alert);
    const joined = judged.hold === null ? await this.joinGroup(batch, alert) : null;
    if (judged.hold === null && joined === null) return null;
    const incident = joined?.incident ?? null;
    const reasons = [...judged.reasons, ...(joined?.reasons ?? [])];
    this.writes.insert({
      ...newAlert(batch, alert, { count, hold: judged.hold, incident }),
      body,
      now,
      reasons: [...decision.reasons, route().reason, ...reasons],
    });
    const { severity, occurredAt } = signal;
    return {
      decision: 'new',
      incident,
      next: { open: { id: alert.id, incident, severity, occurredAt }, parkedResolve: null, lastClosed: null },
    };
  }

  private async joinGroup(
    batch: SignalBatch,
    alert: JudgedAlert,
  ): Promise<{ incident: string; reasons: Reason[] } | null> {
    const { snapshot, now } = batch;
    const { group: spec } = judgingPlan(snapshot, alert.service);
    const group = groupOf(alert, spec);
    if (group === null) return null;
    const id = groupId(group);
    const head = await this.headOf(batch, id);
    const joins = head === null ? null : await this.joinsOf(batch, head.incident);
    if (head === null || joins === null) return null;
    const { state } = joins;
    const known = { ...state, lastAt: head.lastAt, teams: state.escalations.map(({ team }) => team) };
    const grouped = decideGrouping(group, known, { spec, team: alert.team, now });
    if (grouped.joins === null) return null;
    const decided = prioritise(snapshot, {
      service: alert.service,
      source: alert.source,
      signal: alert.signal,
      now,
    });
    if (decided.priority < state.priority) return null;
    const { title, severity } = alert.signal;
    const command = { type: 'join_alert', alert: alert.id, title, severity, folded: true } as const;
    const page = spec.page === undefined ? {} : { page: spec.page };
    if (!joins.add({ ...command, ...page })) return null;
    this.writes.join(joins, id, state.id);
    this.groups.set(id, { incident: state.id, lastAt: now });
    return { incident: state.id, reasons: reasonsOf({ grouping: grouped.reason, decided, isJoined: true }) };
  }

  private async headOf(batch: SignalBatch, id: string): Promise<GroupHead | null> {
    await lockGroup(batch, id);
    const known = this.groups.get(id);
    if (known !== undefined) return known;
    const head = (await headsOfGroups(batch.tx, [id])).get(id) ?? null;
    this.groups.set(id, head);
    return head;
  }

  private async joinsOf({ tx }: SignalBatch, incident: string): Promise<QuietJoins | null> {
    const known = this.incidents.get(incident);
    if (known !== undefined) return known;
    const locked = await lockIncident(tx, incident);
    if (locked === null) return null;
    const joins = new QuietJoins(locked, this.actor);
    this.incidents.set(incident, joins);
    return joins;
  }
}

const newAlert = (
  { request }: SignalBatch,
  { id, signal, service }: JudgedAlert,
  placed: { count: number; hold: Hold | null; incident: string | null },
) => ({ id, source: request.source, signal, service, status: 'open' as const, ...placed });
