/**
 * The pipeline of alerts in memory: the decisions and stages that intake uses, with maps for the tables (db/alert/alert-signal-handler.ts,
 * db/alert/place-alert.ts). For a sample message, and for a replay of old ones.
 */
import type { ConfigSnapshot } from '../../config/specs.js';
import { stillFiringMs } from '../../response/build-response.js';
import type { CoalescedStep } from '../coalesce-signals.js';
import { decideSignal, type KeyFacts, type SignalDecision } from '../decide-signal.js';
import { judgeHolds } from '../hold-stages.js';
import { type InhibitingAlert, HELD_BY_INHIBITION, inhibits, type Muting } from '../inhibition.js';
import { judgingPlan } from '../judging-plan.js';
import { mayAcknowledge } from '../may-acknowledge.js';
import { withNotes } from '../note-reasons.js';
import { withTriggers } from '../only-after.js';
import { stillBelongs } from '../reopen-window.js';
import { routeAlert } from '../route-alert.js';
import { compareSeverity } from '../severity.js';
import { candidateOf } from '../silence.js';
import type { JudgedAlert } from '../stage.js';
import { TrialIncidents } from './trial-incidents.js';
import {
  noRecord,
  type Placing,
  type TrialAlert,
  type TrialRecord,
  type TrialSource,
  type Tried,
} from './tried.js';

const END_OF_TIME = '9999';

const nothing: Placing = { stages: [], incident: null, calls: null, priority: null, priorityReasons: [] };

/** One that is released without a message. */
export type Released = Placing & { alert: TrialAlert; at: string };

export class Trial {
  readonly incidents: TrialIncidents;
  /** The newest alert of each key. */
  private readonly alerts = new Map<string, TrialAlert>();
  private readonly parked = new Map<string, NonNullable<KeyFacts['parkedResolve']>>();
  private readonly held = new Set<TrialAlert>();
  private readonly expiring = new Set<TrialAlert>();
  private readonly inhibiting = new Map<string, { alert: TrialAlert; names: string[] }>();
  private snapshot: ConfigSnapshot | null = null;
  private made = 0;
  /** Nothing ends by itself before. */
  private due = END_OF_TIME;

  /** `turn`: called between many steps, so that others get theirs. */
  constructor(
    private readonly record: TrialRecord = noRecord,
    private readonly turn: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.incidents = new TrialIncidents(record);
  }

  /** Time passes until `now`: deadlines of senders, and holders that end. Returns what was released. */
  async advance(now: string, snapshot: ConfigSnapshot): Promise<Released[]> {
    const released: Released[] = [];
    const isOther = this.snapshot !== null && this.snapshot !== snapshot;
    this.snapshot = snapshot;
    if (!isOther && now < this.due) return released;
    this.due = END_OF_TIME;
    for (const alert of this.expiring)
      if ((alert.signal.resolveAt ?? now) <= now) released.push(...(await this.close(alert, now, snapshot)));
    for (const alert of this.held) {
      const isDue =
        (alert.heldUntil !== null && alert.heldUntil <= now) || (isOther && alert.heldBy !== 'after');
      if (isDue) released.push(...(await this.judgeAgain(alert, now, snapshot)));
    }
    for (const alert of this.expiring) this.endsAt(alert.signal.resolveAt ?? null);
    for (const alert of this.held) this.endsAt(alert.heldUntil);
    return released;
  }

  private endsAt(at: string | null): void {
    if (at !== null && at < this.due) this.due = at;
  }

  async take(
    source: TrialSource,
    { signal, count }: CoalescedStep,
    { now, snapshot, body }: { now: string; snapshot: ConfigSnapshot; body: string | null },
  ): Promise<Tried & { released: Released[] }> {
    this.snapshot = snapshot;
    const key = `${source.name} ${signal.dedupKey}`;
    const known = await this.facts(source.name, signal.dedupKey, now);
    const route = routeAlert({ ...source.spec, source: source.name }, signal, snapshot);
    const team = route.service === null ? null : (snapshot.get('Service', route.service)?.spec.team ?? null);
    const decision = withNotes(
      decideSignal(signal, known, {
        now,
        body,
        acknowledgeAllowed: mayAcknowledge(source.spec),
        stillFiringMs: (service) => stillFiringMs(snapshot, service),
        destination: () => ({ service: route.service, team, drill: null }),
      }),
      signal,
    );
    const said = { decision: decision.kind, service: route.service, released: [], recordIncident: null };
    const alert = this.alerts.get(key) ?? null;
    switch (decision.kind) {
      case 'new': {
        this.parked.delete(key);
        const isOpen = decision.status === 'open';
        const triggers = await this.triggers(source.name, signal.dedupKey, {
          now,
          count,
          snapshot,
          service: route.service,
        });
        const made: TrialAlert = { id: `alert-${(this.made += 1)}`, source, signal, severity: signal.severity, service: route.service, team, status: isOpen ? 'open' : 'closed', incident: null, heldBy: null, heldUntil: null, heldBecause: null, triggers, firstAt: now, closedAt: now, body }; // prettier-ignore
        this.alerts.set(key, made);
        if (decision.status === 'closed')
          return { ...nothing, ...said, alert: made, stages: decision.reasons };
        if (decision.reopens !== null && known.lastClosed?.of != null)
          this.knowReopened(decision.reopens, known);
        const placed = await this.place(made, decision.reopens, now, snapshot);
        return {
          ...placed,
          ...said,
          alert: made,
          stages: [...decision.reasons, route.reason, ...placed.stages],
        };
      }
      case 'counted':
        return { ...said, ...(await this.count(source, { signal, count }, { decision, alert, now, snapshot, team, service: route.service })) }; // prettier-ignore
      case 'close': {
        const released = alert?.status === 'open' ? await this.close(alert, now, snapshot) : [];
        return { ...nothing, ...said, alert, stages: decision.reasons, released };
      }
      case 'parked':
        this.parked.set(key, { at: now, occurredAt: signal.occurredAt });
        break;
      case 'waiting':
      case 'acknowledge':
      case 'dropped':
    }
    return { ...nothing, ...said, alert, stages: decision.reasons };
  }

  private async count(
    source: TrialSource,
    { signal, count }: Pick<CoalescedStep, 'signal' | 'count'>,
    at: { decision: Extract<SignalDecision, { kind: 'counted' }>; alert: TrialAlert | null; now: string; snapshot: ConfigSnapshot; team: string | null; service: string | null }, // prettier-ignore
  ): Promise<Placing & Pick<Tried, 'alert' | 'recordIncident'>> {
    const { decision, now, snapshot } = at;
    let { alert } = at;
    if (alert === null) {
      // Open on the record. One with an incident is counted there; one that is held is judged again.
      const { incident: recordIncident } = decision;
      if (recordIncident !== null) return { ...nothing, stages: decision.reasons, alert, recordIncident };
      alert = { id: decision.alert, source, signal, severity: signal.severity, service: at.service, team: at.team, status: 'open', incident: null, heldBy: null, heldUntil: null, heldBecause: null, triggers: await this.record.triggers(source.name, signal.dedupKey), firstAt: now, closedAt: now, body: null }; // prettier-ignore
      this.alerts.set(`${source.name} ${signal.dedupKey}`, alert);
    }
    alert.signal = signal;
    if (compareSeverity(signal.severity, alert.severity) < 0) alert.severity = signal.severity;
    if (alert.incident !== null) {
      this.note(alert, snapshot);
      const calls = decision.raisedTo === null ? null : this.incidents.raise(alert, { snapshot, now });
      return {
        ...nothing,
        stages: decision.reasons,
        alert,
        calls,
        recordIncident: null,
        incident: this.incidents.all.get(alert.incident) ?? null,
      };
    }
    if (judgingPlan(snapshot, alert.service).after !== undefined)
      alert.triggers = withTriggers(alert.triggers, now, count);
    const placed = await this.place(alert, null, now, snapshot);
    return { ...placed, alert, recordIncident: null, stages: [...decision.reasons, ...placed.stages] };
  }

  private async place(
    alert: TrialAlert,
    reopens: string | null,
    now: string,
    snapshot: ConfigSnapshot,
  ): Promise<Placing> {
    const { heldBy } = alert;
    const { id, source, signal, service, team, triggers } = alert;
    const judged: JudgedAlert = {
      id,
      source: source.name,
      signal,
      service,
      team,
      triggers,
      reopens: reopens !== null,
      heldBy,
    };
    this.note(alert, snapshot);
    const firing = (muting: readonly Muting[]) => this.firing(muting);
    const { hold, reasons } = await judgeHolds(judged, { snapshot, now, isDrill: false, firing });
    if (signal.resolveAt != null) this.expiring.add(alert);
    alert.heldBy = hold?.by ?? null;
    alert.heldUntil = hold?.until ?? null;
    this.endsAt(alert.heldUntil);
    this.endsAt(signal.resolveAt ?? null);
    alert.heldBecause = hold === null ? null : (reasons.at(-1)?.text ?? null);
    if (hold !== null) {
      this.held.add(alert);
      return { ...nothing, stages: reasons };
    }
    this.held.delete(alert);
    const placed = await this.incidents.place(alert, { heldBy, reopens }, { snapshot, now });
    alert.incident = placed.incident?.id ?? null;
    return { ...placed, stages: [...reasons, ...placed.stages] };
  }

  private async judgeAgain(alert: TrialAlert, now: string, snapshot: ConfigSnapshot): Promise<Released[]> {
    await this.turn();
    const placed = await this.place(alert, null, now, snapshot);
    return placed.incident === null ? [] : [{ ...placed, alert, at: now }];
  }

  /** What it held back is judged again. */
  private async close(alert: TrialAlert, now: string, snapshot: ConfigSnapshot): Promise<Released[]> {
    alert.status = 'closed';
    alert.closedAt = now;
    this.held.delete(alert);
    this.expiring.delete(alert);
    this.incidents.close(alert, now);
    if (!this.inhibiting.delete(alert.id)) return [];
    const released: Released[] = [];
    for (const one of this.held)
      if (one.heldBy?.startsWith(`${HELD_BY_INHIBITION}${alert.id}/`) === true)
        released.push(...(await this.judgeAgain(one, now, snapshot)));
    return released;
  }

  private note(alert: TrialAlert, snapshot: ConfigSnapshot): void {
    const names = inhibits(snapshot, matched(alert));
    if (names.length > 0) this.inhibiting.set(alert.id, { alert, names });
    else this.inhibiting.delete(alert.id);
  }

  private async firing(muting: readonly Muting[]): Promise<InhibitingAlert[]> {
    const own = [...this.inhibiting.values()].flatMap(({ alert, names }): InhibitingAlert[] => {
      const isTold = alert.incident !== null || /^(silence|maintenance)\//.test(alert.heldBy ?? '');
      if (!isTold || !muting.some(({ name }) => names.includes(name))) return [];
      const number = this.incidents.all.get(alert.incident ?? '')?.number ?? null;
      return [{ ...matched(alert), id: alert.id, incident: number }];
    });
    return [...(await this.record.firing(muting)), ...own];
  }

  private async facts(source: string, dedupKey: string, now: string): Promise<KeyFacts> {
    const alert = this.alerts.get(`${source} ${dedupKey}`);
    const parkedResolve = this.parked.get(`${source} ${dedupKey}`) ?? null;
    if (alert === undefined) {
      const known = await this.record.keyFacts(source, dedupKey);
      return parkedResolve === null ? known : { ...known, parkedResolve };
    }
    const { id, incident, severity, signal, service, closedAt, body } = alert;
    if (alert.status === 'open')
      return {
        open: { id, incident, severity, occurredAt: signal.occurredAt },
        parkedResolve,
        lastClosed: null,
      };
    const of = this.incidents.all.get(incident ?? '') ?? null;
    const lastClosed = { id, incident, severity, service, closedAt, closedBy: `source:${source}`, startedAt: signal.startedAt ?? null, triggerBody: body, triggeredAt: alert.firstAt }; // prettier-ignore
    return {
      open: null,
      parkedResolve,
      lastClosed:
        of === null
          ? { ...lastClosed, belongs: false, of: null }
          : {
              ...lastClosed,
              belongs: stillBelongs(closedAt, { ...of, mergedInto: null }, now),
              of: {
                number: of.number,
                service: of.service,
                drill: null,
                isOpen: of.status === 'triggered',
                teams: of.teams,
              },
            },
    };
  }

  private async triggers(
    source: string,
    dedupKey: string,
    {
      now,
      count,
      snapshot,
      service,
    }: { now: string; count: number; snapshot: ConfigSnapshot; service: string | null },
  ): Promise<string[]> {
    if (judgingPlan(snapshot, service).after === undefined) return [];
    const earlier =
      this.alerts.get(`${source} ${dedupKey}`)?.triggers ?? (await this.record.triggers(source, dedupKey));
    return withTriggers(earlier, now, count);
  }

  /** The incident that a key of the record comes back to. */
  private knowReopened(id: string, { lastClosed }: KeyFacts): void {
    if (lastClosed?.of == null) return;
    const { number, service, teams, isOpen } = lastClosed.of;
    this.incidents.ofRecord({
      id,
      number,
      service,
      teams,
      status: isOpen ? 'triggered' : 'resolved',
      resolvedAt: null,
    });
  }
}

const matched = (alert: TrialAlert) =>
  candidateOf({ ...alert, source: alert.source.name, signal: { ...alert.signal, severity: alert.severity } });
