/**
 * An incident lived through on paper: the same decisions, fold, deadlines and page plans as the real one, on a clock that
 * jumps from one thing to the next. The simulator and the back-test are this with different people; nothing here is a second
 * opinion of what the engine would do.
 */
import type { ConfigSnapshot, PolicyTarget } from '../config/specs.js';
import type { IncidentCommand } from '../incident/commands.js';
import { type DueWork, dueWork } from '../incident/deadline.js';
import { decide } from '../incident/decide.js';
import type { FactData, IncidentEvent } from '../incident/events.js';
import { foldEvents } from '../incident/fold.js';
import { findTrack } from '../incident/tracks.js';
import type { IncidentResponse } from '../incident/response.js';
import type { Actor, IncidentState, Rung } from '../incident/state.js';
import { teamsOf } from '../response/teams-of.js';
import type { Turn, Turns } from '../oncall/round-robin.js';
import { type PagePlan, planPage, type ResolvedPeople, type TargetsAt } from './plan-page.js';
import { asCalled } from './called-policies.js';
import { stepCondition } from './step-facts.js';

/** People behind targets at an instant, in the configuration that counts for the asking track. */
export type ResolveAt = (
  targets: PolicyTarget[],
  at: string,
  where: TargetsAt & { snapshot: ConfigSnapshot; turns: Turns },
) => ResolvedPeople;

/** Something that happens whatever the policy does: an alert that closes, a priority that rises. */
export interface Happening {
  /** ISO 8601. */
  at: string;
  actor: Actor;
  command: IncidentCommand;
}

export interface Rehearsal {
  id: string;
  /** When it is triggered, ISO 8601. */
  at: string;
  opened: FactData<'opened'>;
  response: Pick<IncidentResponse, 'urgency' | 'settleMs' | 'tracks'>;
  snapshot: ConfigSnapshot;
  /** Where the round robins stand when it begins. */
  turns: Turns;
  /** The targets at an instant (domain/oncall). */
  resolve: ResolveAt;
  /** Milliseconds from a person's first unanswered message to the acknowledgement; null: they do not answer. */
  answersAfter: (person: string) => number | null;
  happenings: readonly Happening[];
}

/** One message over one contact, as the ledger would have it. */
export interface RehearsedMessage extends Rung {
  at: string;
  track: string;
  person: string;
  contact: string;
  channel: string;
  because: string;
}

export interface Rehearsed {
  state: IncidentState;
  events: IncidentEvent[];
  /** In order of time; what an answer kept from being sent is not among them. */
  messages: RehearsedMessage[];
  /** Of steps that were taken: targets that reached nobody. */
  unreached: (Rung & { at: string; reason: string })[];
  turns: Turns;
}

const STOPPING: ReadonlySet<IncidentEvent['kind']> = new Set([
  'acknowledged',
  'resolved',
  'merged',
  'snoozed',
]);

/** Far more than 20 steps in 10 cycles on many tracks need; an incident that needs more is a mistake of ours. */
const MOVES_MAX = 20_000;

/** Ends when nothing more happens, when everybody who has to has answered, or when the incident is over. */
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
  private readonly turns: Map<string, Turn>;
  private readonly answers = new Map<string, number>();
  private readonly happenings: { ms: number; happening: Happening }[];
  private now: number;

  constructor(private readonly input: Rehearsal) {
    this.now = Date.parse(input.at);
    this.turns = new Map(input.turns);
    this.events = [{ seq: 1, at: iso(this.now), actor: 'tocsin', kind: 'opened', data: input.opened }];
    this.state = foldEvents(input.id, null, this.events);
    this.happenings = input.happenings
      .map((happening) => ({ ms: Date.parse(happening.at), happening }))
      .toSorted((a, b) => a.ms - b.ms);
  }

  get outcome(): Rehearsed {
    const messages = this.messages.toSorted((a, b) => a.at.localeCompare(b.at));
    const { state, events, unreached, turns } = this;
    return { state, events, messages, unreached, turns };
  }

  /** Does what comes next; false when nothing does. Of what comes at one instant people's answers are last. */
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
    const { status, tracks } = this.state;
    if (status === 'resolved' || status === 'closed') return true;
    return status === 'acknowledged' && tracks.every(({ phase }) => phase === 'answered');
  }

  private nextWork(): DueWork | undefined {
    return dueWork(this.state, this.input.response.settleMs).find((work) => work.type !== 'remind_review');
  }

  private act(work: DueWork): boolean {
    if (work.type === 'page') return this.page(work);
    if (work.type === 'remind_review') return false;
    return this.record({ type: work.type }, 'tocsin');
  }

  private page(work: Extract<DueWork, { type: 'page' }>): boolean {
    const { input, state } = this;
    const track = input.response.tracks.find(({ name }) => name === work.track);
    if (track === undefined) throw new Error(`${input.id} has no track ${work.track}`);
    const now = iso(this.now);
    const snapshot = asCalled(input.snapshot, track);
    const { skipped, paged } = planPage({
      track,
      due: work.due,
      urgency: input.response.urgency,
      now,
      snapshot,
      resolve: (targets, where) => input.resolve(targets, now, { ...where, snapshot, turns: this.turns }),
      condition: stepCondition(state, snapshot, track.team, now),
      answered: findTrack(state, track.name)?.answers ?? [],
      named: findTrack(state, track.name)?.named ?? null,
    });
    const isRecorded = this.record(
      {
        type: 'page',
        track: work.track,
        due: work.due,
        reason: work.reason,
        skipped,
        paged: paged === null ? null : recorded(paged),
      },
      'tocsin',
    );
    if (!isRecorded || paged === null) return isRecorded;
    for (const turn of paged.turns) this.turns.set(turn.place, turn);
    const { cycle, step, unreached } = paged;
    if (unreached !== undefined) this.unreached.push({ at: now, cycle, step, reason: unreached });
    for (const { person, contact, channel, because, afterMs, held } of paged.pages) {
      const at = this.now + afterMs;
      const rung = { cycle, step };
      this.messages.push({
        at: iso(at),
        track: work.track,
        ...rung,
        person,
        contact,
        channel,
        because: held === undefined ? because : `${because}; ${held}`,
      });
    }
    for (const person of paged.people) this.expectAnswer(person, paged.pages);
    return true;
  }

  /** Somebody who owes an answer already keeps to the first message they had. */
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

  /** As `db/projections/project-delivery.ts` does it to the ledger. */
  private suppress(event: IncidentEvent): void {
    // Most events stop nothing, and there may be very many messages to look at.
    if (!STOPPING.has(event.kind)) return;
    const isKept = (message: RehearsedMessage): boolean => {
      if (Date.parse(message.at) <= this.now) return true;
      if (event.kind === 'acknowledged')
        return !event.data.answered.includes(message.track) && message.person !== event.data.person;
      return false;
    };
    this.messages = this.messages.filter(isKept);
  }
}

/** What the record keeps of a plan: whom, not by what; the messages are the ledger's. */
function recorded({ pages, turns: _turns, ...paged }: NonNullable<PagePlan['paged']>) {
  return { ...paged, deliveries: pages.length };
}

const iso = (ms: number): string => new Date(ms).toISOString();
