/**
 * Who is to be told, by what and when, at one rung of a track. One pure function for paging, break-glass and simulator, so
 * that what was previewed is what happens.
 */
import type { ConfigSnapshot, PolicyStep, PolicyTarget, Urgency } from '../config/specs.js';
import type { ResponseTrack } from '../incident/response.js';
import type { Rung } from '../incident/state.js';
import { CATCH_ALL_PLACE, policyPlace, type Turn } from '../oncall/round-robin.js';
import { nextRung } from '../incident/tracks.js';
import { type EffectivePerson, effectivePerson } from '../people/effective-person.js';
import { quietEnd } from '../oncall/quiet-end.js';
import { durationMs } from '../shared/duration.js';
import { inShort } from '../shared/in-short.js';

/** Of the names in a reason: an event of the record stays small whatever a team or policy names. */
const NAMES_MAX = 300;

export interface PlannedPage {
  person: string;
  contact: string;
  channel: string;
  address: string;
  /** Position of the personal rule that made it; part of the ledger key. */
  rule: number;
  afterMs: number;
  because: string;
  /** Why it waits longer than its rule says: quiet hours. */
  held?: string;
}

export interface ResolvedPeople {
  people: { person: string; because: string }[];
  empty: { target: string; reason: string }[];
  /** Turns of round robins that paging these people takes. */
  taken: Turn[];
}

/** Where the targets stand, and who can be reached at all: a round robin passes over who cannot. */
export interface TargetsAt {
  place: string;
  reachable: (person: string) => boolean;
  passedOver?: (person: string) => string | undefined;
}

export interface PlanPageInput {
  track: ResponseTrack;
  due: Rung;
  urgency: Urgency;
  now: string;
  snapshot: ConfigSnapshot;
  /** Schedules, teams and policies → people at `now` (domain/oncall; zone data stays out of workflows). */
  resolve: (targets: PolicyTarget[], where: TargetsAt) => ResolvedPeople;
  /** The step's `if` over the incident; an expression that cannot be evaluated counts as true: rather page. */
  condition: (expression: string) => boolean;
  /** Whom the rung below the first step asks; null where nobody was named. */
  named: string | null;
  /** Who has answered on this track since it began, or began anew: they are told no more. */
  answered: readonly string[];
}

export interface PagePlan {
  skipped: (Rung & { reason: string })[];
  paged:
    | (Rung & {
        /** Who is told; with `everyone`, when all of the step have answered before, they, and there are no pages. */
        people: string[];
        everyone: boolean;
        pages: PlannedPage[];
        nextAt: string | null;
        catchAll: boolean;
        /** Taken by this page when it is recorded, and by no other. */
        turns: Turn[];
        /** Targets of the step that reach nobody, in words; left out when there is none. */
        unreached?: string;
      })
    | null;
}

/** Walks up from the due rung over every step that reaches nobody, to the first that does, or to the catch-all. */
export function planPage(input: PlanPageInput): PagePlan {
  const { spec } = input.track.policy;
  const shape = { steps: spec.steps.length, repeat: spec.repeat };
  const skipped: PagePlan['skipped'] = [];
  for (let rung: Rung | null = input.due; rung !== null; rung = nextRung(shape, rung)) {
    const step = rung.step === 0 ? stepByName(input) : spec.steps[rung.step - 1];
    const outcome = step === undefined ? pageCatchAll(input) : pageStep(input, step, rung.step);
    if (outcome.kind === 'paged') {
      const nextAt =
        step === undefined ? null : new Date(Date.parse(input.now) + durationMs(step.wait)).toISOString();
      return {
        skipped,
        paged: {
          ...rung,
          people: outcome.people,
          pages: outcome.pages,
          everyone: step?.ack === 'everyone',
          nextAt,
          catchAll: step === undefined,
          turns: outcome.turns,
          ...(outcome.unreached === '' ? {} : { unreached: outcome.unreached }),
        },
      };
    }
    // Repeated cycles of a policy that reaches nobody say the same again: one full pass is enough for the record.
    if (skipped.length <= spec.steps.length) skipped.push({ ...rung, reason: outcome.reason });
  }
  return { skipped, paged: null };
}

/** Who was named has as long as the first step gives. */
const stepByName = ({ named, track }: PlanPageInput): PolicyStep => ({
  notify: named === null ? [] : [{ person: named }],
  wait: track.policy.spec.steps[0]?.wait ?? '5m',
});

type StepOutcome =
  | { kind: 'paged'; people: string[]; pages: PlannedPage[]; turns: Turn[]; unreached: string }
  | { kind: 'skipped'; reason: string };

function pageStep(input: PlanPageInput, step: PolicyStep, number: number): StepOutcome {
  if (step.if !== undefined && !input.condition(step.if))
    return { kind: 'skipped', reason: inShort([`condition is false: ${step.if}`]) };
  const outcome = pageTargets(input, step.notify, policyPlace(input.track.policy.name, number));
  return outcome.kind === 'paged' ? withoutAnswered(outcome, step, input.answered) : outcome;
}

/** Where everyone has to answer and has, nobody is left to tell and the step is no reason to go on: `decide` says so. */
function withoutAnswered(
  outcome: Extract<StepOutcome, { kind: 'paged' }>,
  step: PolicyStep,
  answered: readonly string[],
): StepOutcome {
  const pages = outcome.pages.filter(({ person }) => !answered.includes(person));
  if (pages.length > 0) return { ...outcome, people: theFirstOf(pages), pages };
  return step.ack === 'everyone'
    ? { ...outcome, pages: [], turns: [] }
    : { kind: 'skipped', reason: `${namesOf(outcome.people)} answered already` };
}

function pageCatchAll(input: PlanPageInput): StepOutcome {
  const targets = input.snapshot.list('Organisation').flatMap((organisation) => organisation.spec.catchAll);
  const named = targets.length > 0 ? pageTargets(input, targets, CATCH_ALL_PLACE) : null;
  if (named?.kind === 'paged') return named;
  // Without a catch-all that reaches anybody, every admin is told: an incident never ends in silence (R5).
  const admins = input.snapshot
    .list('Person')
    .filter((person) => person.spec.role === 'admin')
    .map((person) => ({ person: person.name }));
  return pageTargets(input, admins, CATCH_ALL_PLACE);
}

function pageTargets(input: PlanPageInput, targets: PolicyTarget[], place: string): StepOutcome {
  const pagesOf = (person: string, because: string): PlannedPage[] =>
    personalPages(person, effectivePerson(input.snapshot, person), {
      urgency: input.urgency,
      now: input.now,
      because,
    });
  const { people, empty, taken } = input.resolve(targets, {
    place,
    // Who has answered takes no turn: there is nothing to ask of them.
    reachable: (person) => !input.answered.includes(person) && pagesOf(person, '').length > 0,
    passedOver: (person) => (input.answered.includes(person) ? 'answered already' : undefined),
  });
  const pages = people.flatMap(({ person, because }) => pagesOf(person, because));
  const paged = new Set(pages.map((page) => page.person));
  const mute = people.map((one) => one.person).filter((person) => !paged.has(person));
  const unreached = (said: string): string =>
    inShort([...(mute.length > 0 ? [said] : []), ...empty.map((one) => one.reason)]);
  return pages.length > 0
    ? {
        kind: 'paged',
        people: theFirstOf(pages),
        pages,
        turns: taken,
        unreached: unreached(`no contact: ${namesOf(mute)}`),
      }
    : {
        kind: 'skipped',
        reason: unreached(`nobody of ${namesOf(mute)} has a contact`) || 'nobody to notify',
      };
}

/**
 * An event is small (8 KiB, enforced by the database): one that is not could never be recorded, and its incident would page
 * nobody. Everybody is paged and has a ledger row; so many are named, and waited for where everybody has to answer.
 */
const NAMED_MAX = 100;

const theFirstOf = (pages: readonly PlannedPage[]): string[] =>
  [...new Set(pages.map(({ person }) => person))].slice(0, NAMED_MAX);

const namesOf = (people: readonly string[]): string => inShort(people, { separator: ', ', max: NAMES_MAX });

/** `now`: ISO 8601; quiet hours count from there. `because`: why this person. */
export interface Asking {
  urgency: Urgency;
  now: string;
  because: string;
}

/**
 * One person's rules for this urgency. A person with no rule firing at minute 0 is paged by every contact at once
 * (domain.md, Response and escalation). What would fall into quiet hours waits for their end, never of high urgency.
 */
export function personalPages(
  person: string,
  spec: EffectivePerson | undefined,
  { urgency, now, because }: Asking,
): PlannedPage[] {
  if (spec === undefined) return [];
  const contacts = new Map(spec.contacts.map((contact) => [contact.name, contact]));
  const byRule = spec.rules[urgency].flatMap((rule, index) => {
    const contact = contacts.get(rule.contact);
    return contact === undefined ? [] : [{ contact, rule: index, afterMs: durationMs(rule.after) }];
  });
  const atOnce = byRule.some((page) => page.afterMs === 0);
  const everyContact = atOnce
    ? []
    : spec.contacts.map((contact, index) => ({ contact, rule: 100 + index, afterMs: 0 }));
  return [...everyContact, ...byRule].map(({ contact, rule, afterMs }) => ({
    person,
    contact: contact.name,
    channel: contact.channel,
    address: contact.address,
    rule,
    ...whenOf(spec, { urgency, now }, afterMs),
    because,
  }));
}

function whenOf(
  { quietHours, timezone }: EffectivePerson,
  { urgency, now }: Pick<Asking, 'urgency' | 'now'>,
  afterMs: number,
): Pick<PlannedPage, 'afterMs' | 'held'> {
  const nowMs = Date.parse(now);
  const endsMs = urgency === 'high' || !quietHours ? null : quietEnd(quietHours, timezone, nowMs + afterMs);
  return endsMs === null || !quietHours
    ? { afterMs }
    : { afterMs: endsMs - nowMs, held: `quiet hours until ${quietHours.to} (${timezone})` };
}
