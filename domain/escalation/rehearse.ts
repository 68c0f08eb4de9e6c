/**
 * Simulates an incident with the same decisions, fold, deadlines and page plans as a real one, on a clock that jumps from one
 * event to the next. The simulator and the back-test differ only in the assumed people, so neither can disagree with the engine.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { PolicyTarget } from './policy-spec.js';
import type { IncidentCommand } from '../incident/commands.js';
import { type DueWork, dueWork, isReminder } from '../incident/deadline.js';
import { decide } from '../incident/decide.js';
import type { FactData, IncidentEvent } from '../incident/events.js';
import { foldEvents } from '../incident/fold.js';
import { findEscalation } from '../incident/escalations.js';
import type { IncidentResponse } from '../incident/response.js';
import type { Actor, IncidentState, StepRef } from '../incident/state.js';
import { teamsOf } from '../response/teams-of.js';
import type { RotationPosition, RotationPositions } from '../oncall/round-robin.js';
import { type PagePlan, planPage, type ResolvedPeople, type TargetsAt } from './plan-page.js';
import { asCalled } from './called-policies.js';
import { stepCondition } from './step-facts.js';

/** The people of targets at an instant, in the configuration that applies to the requesting escalation. */
export type ResolveAt = (
  targets: PolicyTarget[],
  at: string,
  where: TargetsAt & { snapshot: ConfigSnapshot; positions: RotationPositions },
) => ResolvedPeople;

/** An event that happens regardless of the policy: an alert that closes, a priority that rises. */
export interface Happening {
  /** ISO 8601. */
  at: string;
  actor: Actor;
  command: IncidentCommand;
}

export interface Rehearsal {
  id: string;
  /** Time of the trigger, ISO 8601. */
  at: string;
  opened: FactData<'opened'>;
  response: Pick<IncidentResponse, 'urgency' | 'settleMs' | 'escalations'>;
  snapshot: ConfigSnapshot;
  /** Round-robin positions at the beginning. */
  positions: RotationPositions;
  /** Resolves targets at an instant (domain/oncall). */
  resolve: ResolveAt;
  /** Milliseconds from a person's first unanswered message to the acknowledgement; null: the person does not acknowledge. */
  answersAfter: (person: string) => number | null;
  happenings: readonly Happening[];
}

/** One message to one contact, as the ledger would contain it. */
export interface RehearsedMessage extends StepRef {
  at: string;
  escalation: string;
  person: string;
  contact: string;
  channel: string;
  because: string;
}

export interface Rehearsed {
  state: IncidentState;
  events: IncidentEvent[];
  /** In order of time, without messages that an acknowledgement suppressed. */
  messages: RehearsedMessage[];
  /** Targets that reached no person, of steps that were paged. */
  unreached: (StepRef & { at: string; reason: string })[];
  positions: RotationPositions;
}

const STOPPING: ReadonlySet<IncidentEvent['kind']> = new Set([
  'acknowledged',
  'resolved',
  'merged',
  'snoozed',
]);

/** Far above what 20 steps in 10 cycles on many escalations need; an incident that needs more indicates a bug. */
const MOVES_MAX = 20_000;

/** Ends when nothing more is due, when all required acknowledgements are present, or when the incident is over. */
export function rehearse(input: Rehearsal): Rehearsed {
  const run = new Run(input);
  for (let moves = 0; moves < MOVES_MAX; moves++) if (!run.move()) return run.outcome;
  throw new Error(`the rehearsal of ${input.id} does not end`);
}

class Run {
  private events: IncidentEvent[];
  private state: IncidentState;
  private messages: RehearsedMessage[] = [];
  private readonly unreached: Rehearsed['unreached'] = [];
  private readonly positions: Map<string, RotationPosition>;
  private readonly answers = new Map<string, number>();
  private readonly happenings: { ms: number; happening: Happening }[];
  private now: number;

  constructor(private readonly input: Rehearsal) {
    this.now = Date.parse(input.at);
    this.positions = new Map(input.positions);
    this.events = [{ seq: 1, at: iso(this.now), actor: 'tocsin', kind: 'opened', data: input.opened }];
    this.state = foldEvents(input.id, null, this.events);
    this.happenings = input.happenings
      .map((happening) => ({ ms: Date.parse(happening.at), happening }))
      .toSorted((a, b) => a.ms - b.ms);
  }

  get outcome(): Rehearsed {
    const messages = this.messages.toSorted((a, b) => a.at.localeCompare(b.at));
    const { state, events, unreached, positions } = this;
    return { state, events, messages, unreached, positions };
  }

  /** Executes the next event; false when there is none. At one instant, acknowledgements come last. */
  move(): boolean {
    if (this.isSettled) return false;
    const work = this.nextWork();
    const happening = this.happenings[0];
    const answer = [...this.answers].toSorted((a, b) => a[1] - b[1])[0];
    const workAt = work === undefined ? Infinity : Math.max(this.now, Date.parse(work.at));
    const happeningAt = happening === undefined ? Infinity : Math.max(this.now, happening.ms);
    const answerAt = answer === undefined ? Infinity : Math.max(this.now, answer[1]);
    const next = Math.min(workAt, happeningAt, answerAt);
    if (next === Infinity) return false;
    this.now = next;
    if (happening !== undefined && happeningAt === next) {
      this.happenings.shift();
      this.record(happening.happening.command, happening.happening.actor);
      return true;
    }
    if (work !== undefined && workAt === next) return this.act(work);
    if (answer !== undefined) {
      this.answers.delete(answer[0]);
      const [person] = answer;
      this.record({ type: 'acknowledge', person, teams: teamsOf(this.input.snapshot, person) }, person);
    }
    return true;
  }

  private get isSettled(): boolean {
    const { status, escalations } = this.state;
    if (status === 'resolved' || status === 'closed') return true;
    return status === 'acknowledged' && escalations.every(({ phase }) => phase === 'answered');
  }

  private nextWork(): DueWork | undefined {
    return dueWork(this.state, this.input.response.settleMs).find((work) => !isReminder(work));
  }

  private act(work: DueWork): boolean {
    if (work.type === 'page') return this.page(work);
    if (isReminder(work)) return false;
    return this.record({ type: work.type }, 'tocsin');
  }

  private page(work: Extract<DueWork, { type: 'page' }>): boolean {
    const { input, state } = this;
    const escalation = input.response.escalations.find(({ name }) => name === work.escalation);
    if (escalation === undefined) throw new Error(`${input.id} has no escalation ${work.escalation}`);
    const now = iso(this.now);
    const snapshot = asCalled(input.snapshot, escalation);
    const { skipped, paged } = planPage({
      escalation,
      due: work.due,
      urgency: input.response.urgency,
      now,
      snapshot,
      resolve: (targets, where) =>
        input.resolve(targets, now, { ...where, snapshot, positions: this.positions }),
      condition: stepCondition(state, snapshot, escalation.team, now),
      answered: findEscalation(state, escalation.name)?.answers ?? [],
      named: findEscalation(state, escalation.name)?.named ?? null,
    });
    const isRecorded = this.record(
      {
        type: 'page',
        escalation: work.escalation,
        due: work.due,
        reason: work.reason,
        skipped,
        paged: paged === null ? null : recorded(paged),
      },
      'tocsin',
    );
    if (!isRecorded || paged === null) return isRecorded;
    for (const turn of paged.positions) this.positions.set(turn.listKey, turn);
    const { cycle, step, unreached } = paged;
    if (unreached !== undefined) this.unreached.push({ at: now, cycle, step, reason: unreached });
    for (const { person, contact, channel, because, afterMs, held } of paged.pages) {
      const at = this.now + afterMs;
      const stepRef = { cycle, step };
      this.messages.push({
        at: iso(at),
        escalation: work.escalation,
        ...stepRef,
        person,
        contact,
        channel,
        because: held === undefined ? because : `${because}; ${held}`,
      });
    }
    for (const person of paged.people) this.expectAnswer(person, paged.pages);
    return true;
  }

  /** A person who already has an unanswered message acknowledges relative to that first one. */
  private expectAnswer(person: string, pages: readonly { person: string; afterMs: number }[]): void {
    const own = pages.filter((page) => page.person === person).map(({ afterMs }) => afterMs);
    const after = this.input.answersAfter(person);
    if (after === null || own.length === 0 || this.answers.has(person)) return;
    this.answers.set(person, this.now + Math.min(...own) + after);
  }

  private record(command: IncidentCommand, actor: Actor): boolean {
    const at = iso(this.now);
    const decision = decide(this.state, command, { actor, now: at });
    if (decision.kind !== 'accepted') return command.type !== 'page';
    const events = decision.facts.map((fact, index) => ({
      ...fact,
      seq: this.state.seq + 1 + index,
      at,
      actor,
    }));
    this.state = foldEvents(this.input.id, this.state, events);
    this.events.push(...events);
    for (const event of events) this.suppress(event);
    return true;
  }

  /** Same rule as `db/projections/project-delivery.ts` applies to the ledger. */
  private suppress(event: IncidentEvent): void {
    // Most events suppress nothing, and the list of messages may be very long.
    if (!STOPPING.has(event.kind)) return;
    const isKept = (message: RehearsedMessage): boolean => {
      if (Date.parse(message.at) <= this.now) return true;
      if (event.kind === 'acknowledged')
        return !event.data.answered.includes(message.escalation) && message.person !== event.data.person;
      return false;
    };
    this.messages = this.messages.filter(isKept);
  }
}

/** The recorded part of a plan: people without contacts; the messages belong to the ledger. */
function recorded({ pages, positions: _turns, ...paged }: NonNullable<PagePlan['paged']>) {
  return { ...paged, deliveries: pages.length };
}

const iso = (ms: number): string => new Date(ms).toISOString();
