/**
 * In-memory intake, people and timers for property tests: the same decisions and folds as on the record
 * (`db/alert/alert-signal-handler.ts`, `db/incident/incident-commands.ts`), with a list for each table.
 */
import {
  decideSignal,
  type KeyFacts,
  type LastClosed,
  type SignalDecision,
} from '../../alert/decide-signal.js';
import { stillBelongs } from '../../alert/reopen-window.js';
import type { AlertSignal } from '../../alert/signal.js';
import type { Priority, Severity } from '../../config/terms.js';
import { decidePriority } from '../../priority/decide-priority.js';
import type { IncidentCommand, PriorityWeight } from '../commands.js';
import { type DueWork, dueWork, isReminder } from '../deadline.js';
import { decide } from '../decide.js';
import type { EngagedEscalation, IncidentEvent } from '../events.js';
import { foldEvents } from '../fold.js';
import { holderNotice } from '../holder-notice.js';
import { holderOf } from '../holder.js';
import { isOpenIncident } from '../is-open.js';
import type { Actor, IncidentState } from '../state.js';
import { checkoutEscalation, securityEscalation, T0 } from './incident-builder.js';

const SOURCE = 'source:monitor';
const ACK_TIMEOUT_MS = 20 * 60_000;

export interface EngineAlert {
  id: string;
  key: string;
  status: 'open' | 'closed';
  incident: string;
  severity: Severity;
  closedAt: string;
  closedBy: string | null;
}

export interface Paged {
  incident: string;
  escalation: string;
  people: string[];
}

export class AlertEngine {
  nowMs = Date.parse(T0);
  readonly incidents = new Map<string, IncidentState>();
  readonly alerts: EngineAlert[] = [];
  readonly people = new Set(['ana', 'bo', 'gus']);
  /** Recipients of notices that are not pages. */
  readonly told: string[] = [];
  private readonly parked = new Map<string, { at: string; occurredAt: string | null }>();

  constructor(private readonly stillFiringMs: number) {}

  get now(): string {
    return new Date(this.nowMs).toISOString();
  }

  send(key: string, action: AlertSignal['action'], severity: Severity): SignalDecision {
    const signal: AlertSignal = {
      action,
      dedupKey: key,
      title: key,
      severity,
      labels: {},
      links: [],
      occurredAt: null,
      detail: null,
    };
    const decision = decideSignal(signal, this.facts(key), {
      now: this.now,
      acknowledgeAllowed: true,
      stillFiringMs: () => this.stillFiringMs,
      body: null,
      destination: () => ({ service: null, team: null, drill: null }),
    });
    switch (decision.kind) {
      case 'new':
        if (decision.status === 'open') this.open(key, severity, decision.reopens);
        this.parked.delete(key);
        break;
      case 'counted': {
        const alert = this.alerts.find(({ id }) => id === decision.alert);
        if (alert !== undefined && decision.raisedTo !== null) {
          alert.severity = decision.raisedTo;
          const { priority } = decidePriority({ severity, service: null });
          const weight = this.weight(this.state(alert.incident), priority, null);
          this.ask(alert.incident, { type: 'set_priority', ...weight }, SOURCE);
        }
        break;
      }
      case 'close': {
        const alert = this.alerts.find(({ id }) => id === decision.alert);
        if (alert === undefined) break;
        Object.assign(alert, { status: 'closed', closedAt: this.now, closedBy: SOURCE });
        this.ask(alert.incident, { type: 'close_alert', alert: alert.id, title: key }, SOURCE);
        break;
      }
      case 'acknowledge':
        this.ask(decision.incident ?? '', { type: 'acknowledge', person: SOURCE }, SOURCE);
        break;
      case 'parked':
        this.parked.set(key, { at: this.now, occurredAt: null });
        break;
      case 'waiting':
      case 'dropped':
        break;
    }
    return decision;
  }

  /** `accepted`, `unchanged`, or the code of the refusal. */
  ask(incident: string, command: IncidentCommand, actor: Actor): string {
    const state = this.state(incident);
    const decision = decide(state, command, { actor, now: this.now });
    if (decision.kind !== 'accepted') return decision.kind === 'refused' ? decision.code : 'unchanged';
    const events = decision.facts.map((fact, index): IncidentEvent => ({
      ...fact,
      seq: state.seq + 1 + index,
      at: this.now,
      actor,
    }));
    const after = foldEvents(incident, state, events);
    this.incidents.set(incident, after);
    for (const event of events) {
      const notice = holderNotice(event, after);
      if (notice !== null) this.told.push(notice.person);
      if (event.kind === 'resolved') this.closeOpen(incident, actor);
    }
    return 'accepted';
  }

  setPriority(incident: string, priority: Priority, by: string): void {
    this.ask(incident, { type: 'set_priority', ...this.weight(this.state(incident), priority, by) }, by);
  }

  merge(from: string, into: string, actor: Actor): boolean {
    const [source, target] = [this.state(from), this.state(into)];
    if (from === into || !isOpenIncident(source) || !isOpenIncident(target)) return false;
    this.ask(from, { type: 'merge', into, number: target.number, drill: target.drill }, actor);
    const { number, alertsOpen, alertsTotal, priority, priorityBy } = source;
    const isHigher = priority < target.priority;
    const command: IncidentCommand = {
      type: 'absorb',
      incident: from,
      number,
      alertsOpen,
      alertsTotal,
      unowned: holderOf(source) === null,
      weight: isHigher ? this.weight(target, priority, priorityBy) : null,
    };
    this.ask(into, command, actor);
    for (const alert of this.alerts) if (alert.incident === from) alert.incident = into;
    return true;
  }

  /** Executes due work, earliest first, and returns the pages sent. */
  act(): Paged[] {
    const paged: Paged[] = [];
    for (const id of this.incidents.keys()) {
      for (let turn = 0; turn < 50; turn += 1) {
        const work = dueWork(this.state(id), 0).find(({ at }) => Date.parse(at) <= this.nowMs);
        if (work === undefined || isReminder(work)) break;
        if (work.type === 'page') paged.push(this.page(id, work));
        else this.ask(id, { type: work.type }, 'tocsin');
      }
    }
    return paged;
  }

  state(id: string): IncidentState {
    const state = this.incidents.get(id);
    if (state === undefined) throw new Error(`no incident ${id}`);
    return state;
  }

  private page(id: string, work: Extract<DueWork, { type: 'page' }>): Paged {
    const escalation = this.state(id).escalations.find(({ name }) => name === work.escalation);
    const isCatchAll = work.due.step > (escalation?.steps ?? 0);
    const wanted = isCatchAll
      ? 'root'
      : work.escalation === 'trust'
        ? 'gus'
        : work.due.step === 1
          ? 'ana'
          : 'bo';
    // A step whose person was deleted is skipped; the catch-all always exists.
    const people = isCatchAll || this.people.has(wanted) ? [wanted] : ['root'];
    this.ask(
      id,
      {
        type: 'page',
        escalation: work.escalation,
        due: work.due,
        reason: work.reason,
        skipped: [],
        paged: {
          ...work.due,
          people,
          everyone: false,
          deliveries: 1,
          nextAt: isCatchAll ? null : new Date(this.nowMs + 5 * 60_000).toISOString(),
          catchAll: isCatchAll,
        },
      },
      'tocsin',
    );
    return { incident: id, escalation: work.escalation, people };
  }

  private open(key: string, severity: Severity, reopens: string | null): void {
    const { priority } = decidePriority({ severity, service: null });
    const id = `alert-${this.alerts.length + 1}`;
    const incident =
      this.join(id, { key, severity, priority, reopens }) ?? this.begin(id, { key, severity, priority });
    this.alerts.push({ id, key, status: 'open', incident, severity, closedAt: this.now, closedBy: null });
  }

  private join(
    alert: string,
    about: { key: string; severity: Severity; priority: Priority; reopens: string | null },
  ): string | null {
    const { key: title, severity, priority, reopens } = about;
    if (reopens === null) return null;
    const state = this.state(reopens);
    const weight = priority < state.priority ? this.weight(state, priority, null) : null;
    const outcome = this.ask(reopens, { type: 'join_alert', alert, title, severity, weight }, SOURCE);
    return outcome === 'accepted' ? reopens : null;
  }

  private begin(alert: string, about: { key: string; severity: Severity; priority: Priority }): string {
    const id = `incident-${this.incidents.size + 1}`;
    const opened: IncidentEvent = {
      seq: 1,
      at: this.now,
      actor: SOURCE,
      kind: 'opened',
      data: {
        number: `INC-${this.incidents.size + 1}`,
        title: about.key,
        service: null,
        team: 'checkout',
        severity: about.severity,
        priority: about.priority,
        priorityReasons: [],
        drill: null,
        escalations: escalationsOf(about.priority),
        ackTimeoutMs: ACK_TIMEOUT_MS,
        alert,
        postmortem: { kind: 'full', quorum: { participants: 1, stakeholders: 1 } },
      },
    };
    this.incidents.set(id, foldEvents(id, null, [opened]));
    return id;
  }

  private weight(state: IncidentState, priority: Priority, by: string | null): PriorityWeight {
    const wakes = state.priority > 'P2' && priority <= 'P2';
    return {
      priority,
      reasons: [],
      by,
      engaged: escalationsOf(priority),
      ackTimeoutMs: ACK_TIMEOUT_MS,
      wakes,
    };
  }

  private closeOpen(incident: string, by: Actor): void {
    for (const alert of this.alerts)
      if (alert.incident === incident && alert.status === 'open')
        Object.assign(alert, { status: 'closed', closedAt: this.now, closedBy: by });
  }

  private facts(key: string): KeyFacts {
    const own = this.alerts.filter((alert) => alert.key === key);
    const open = own.find(({ status }) => status === 'open');
    const last = own.filter(({ status }) => status === 'closed').at(-1);
    return {
      open: open === undefined ? null : { id: open.id, incident: open.incident, severity: open.severity },
      parkedResolve: this.parked.get(key) ?? null,
      lastClosed: last === undefined ? null : this.lastClosed(last),
    };
  }

  private lastClosed({ id, incident, severity, closedAt, closedBy }: EngineAlert): LastClosed {
    const {
      status,
      resolvedAt,
      mergedInto,
      number,
      service: ofService,
      drill,
      escalations,
    } = this.state(incident);
    const isOpen = isOpenIncident({ status });
    return {
      id,
      incident,
      severity,
      service: null,
      closedAt,
      closedBy,
      belongs: stillBelongs(closedAt, { status, mergedInto, resolvedAt }, new Date(this.nowMs).toISOString()),
      of: { number, service: ofService, drill, isOpen, teams: escalations.map(({ team }) => team) },
      startedAt: null,
      triggerBody: null,
      triggeredAt: null,
    };
  }
}

/** The higher priorities engage a second team, which must acknowledge itself. */
const escalationsOf = (priority: Priority): EngagedEscalation[] =>
  priority <= 'P2' ? [checkoutEscalation, securityEscalation] : [checkoutEscalation];
