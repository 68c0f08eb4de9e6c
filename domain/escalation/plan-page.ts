/**
 * Plans the pages of one escalation step: people, contacts and times. One pure function for paging, the break-glass pager and the
 * simulator, so that a preview matches what happens.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { Urgency } from '../config/terms.js';
import type { PolicyStep, PolicyTarget } from './policy-spec.js';
import type { ResponseEscalation } from '../incident/response.js';
import type { StepRef } from '../incident/state.js';
import { CATCH_ALL_LIST_KEY, policyListKey, type RotationPosition } from '../oncall/round-robin.js';
import { nextStepRef } from '../incident/escalations.js';
import { type EffectivePerson, effectivePerson } from '../people/effective-person.js';
import { quietEnd } from '../oncall/quiet-end.js';
import { durationMs } from '../shared/duration.js';
import { truncateList } from '../shared/truncate-list.js';

/** Limit for names in a reason, so that a recorded event stays small whatever a team or policy names. */
const NAMES_MAX = 300;

export interface PlannedPage {
  person: string;
  contact: string;
  channel: string;
  address: string;
  /** Index of the personal rule that produced the page; part of the ledger key. */
  rule: number;
  afterMs: number;
  because: string;
  /** Reason for waiting longer than the rule demands: quiet hours. */
  held?: string;
}

export interface ResolvedPeople {
  people: { person: string; because: string }[];
  empty: { target: string; reason: string }[];
  /** Round-robin positions that paging these people advances. */
  taken: RotationPosition[];
}

/** Key of the target list, and which people are reachable: a round robin skips unreachable people. */
export interface TargetsAt {
  listKey: string;
  reachable: (person: string) => boolean;
  passedOver?: (person: string) => string | undefined;
}

export interface PlanPageInput {
  escalation: ResponseEscalation;
  due: StepRef;
  urgency: Urgency;
  now: string;
  snapshot: ConfigSnapshot;
  /** Schedules, teams and policies → people at `now` (domain/oncall; zone data stays out of workflows). */
  resolve: (targets: PolicyTarget[], where: TargetsAt) => ResolvedPeople;
  /**
   * The step's `if` over the incident. An expression that cannot be evaluated counts as true, so that a broken condition pages.
   */
  condition: (expression: string) => boolean;
  /** The person paged by step 0; null when none was named. */
  named: string | null;
  /** People who acknowledged this escalation since it began or restarted; they are not paged again. */
  answered: readonly string[];
}

export interface PagePlan {
  skipped: (StepRef & { reason: string })[];
  paged:
    | (StepRef & {
        /**
         * The people paged. With `everyone`, when all people of the step have acknowledged before, those people, with no pages.
         */
        people: string[];
        everyone: boolean;
        pages: PlannedPage[];
        nextAt: string | null;
        catchAll: boolean;
        /** Advanced only when this page is recorded. */
        positions: RotationPosition[];
        /** Targets of the step that reach no person, in words; omitted when there is none. */
        unreached?: string;
      })
    | null;
}

/** Skips steps that reach no person, from the due escalation step up to the first that does, or to the catch-all. */
export function planPage(input: PlanPageInput): PagePlan {
  const { spec } = input.escalation.policy;
  const shape = { steps: spec.steps.length, repeat: spec.repeat };
  const skipped: PagePlan['skipped'] = [];
  for (let stepRef: StepRef | null = input.due; stepRef !== null; stepRef = nextStepRef(shape, stepRef)) {
    const step = stepRef.step === 0 ? stepByName(input) : spec.steps[stepRef.step - 1];
    const outcome = step === undefined ? pageCatchAll(input) : pageStep(input, step, stepRef.step);
    if (outcome.kind === 'paged') {
      const nextAt =
        step === undefined ? null : new Date(Date.parse(input.now) + durationMs(step.wait)).toISOString();
      return {
        skipped,
        paged: {
          ...stepRef,
          people: outcome.people,
          pages: outcome.pages,
          everyone: step?.ack === 'everyone',
          nextAt,
          catchAll: step === undefined,
          positions: outcome.positions,
          ...(outcome.unreached === '' ? {} : { unreached: outcome.unreached }),
        },
      };
    }
    // Further cycles of a policy that reaches no person repeat the same reasons; the record needs one full pass.
    if (skipped.length <= spec.steps.length) skipped.push({ ...stepRef, reason: outcome.reason });
  }
  return { skipped, paged: null };
}

/** A person paged by name has as much time as the first step gives. */
const stepByName = ({ named, escalation }: PlanPageInput): PolicyStep => ({
  notify: named === null ? [] : [{ person: named }],
  wait: escalation.policy.spec.steps[0]?.wait ?? '5m',
});

type StepOutcome =
  | {
      kind: 'paged';
      people: string[];
      pages: PlannedPage[];
      positions: RotationPosition[];
      unreached: string;
    }
  | { kind: 'skipped'; reason: string };

function pageStep(input: PlanPageInput, step: PolicyStep, number: number): StepOutcome {
  if (step.if !== undefined && !input.condition(step.if))
    return { kind: 'skipped', reason: truncateList([`condition is false: ${step.if}`]) };
  const outcome = pageTargets(input, step.notify, policyListKey(input.escalation.policy.name, number));
  return outcome.kind === 'paged' ? withoutAnswered(outcome, step, input.answered) : outcome;
}

/**
 * With `ack: everyone` and all acknowledgements present, no page is left to send and the step is not skipped: `decide` records
 * that it is acknowledged.
 */
function withoutAnswered(
  outcome: Extract<StepOutcome, { kind: 'paged' }>,
  step: PolicyStep,
  answered: readonly string[],
): StepOutcome {
  const pages = outcome.pages.filter(({ person }) => !answered.includes(person));
  if (pages.length > 0) return { ...outcome, people: theFirstOf(pages), pages };
  return step.ack === 'everyone'
    ? { ...outcome, pages: [], positions: [] }
    : { kind: 'skipped', reason: `${namesOf(outcome.people)} answered already` };
}

function pageCatchAll(input: PlanPageInput): StepOutcome {
  const targets = input.snapshot.list('Organisation').flatMap((organisation) => organisation.spec.catchAll);
  const named = targets.length > 0 ? pageTargets(input, targets, CATCH_ALL_LIST_KEY) : null;
  if (named?.kind === 'paged') return named;
  // Without a catch-all that reaches a person, every admin is paged: an incident never ends unnoticed (docs/reliability.md R5).
  const admins = input.snapshot
    .list('Person')
    .filter((person) => person.spec.role === 'admin')
    .map((person) => ({ person: person.name }));
  return pageTargets(input, admins, CATCH_ALL_LIST_KEY);
}

function pageTargets(input: PlanPageInput, targets: PolicyTarget[], listKey: string): StepOutcome {
  const pagesOf = (person: string, because: string): PlannedPage[] =>
    personalPages(person, effectivePerson(input.snapshot, person), {
      urgency: input.urgency,
      now: input.now,
      because,
    });
  const { people, empty, taken } = input.resolve(targets, {
    listKey,
    // A person who has acknowledged does not advance the round robin.
    reachable: (person) => !input.answered.includes(person) && pagesOf(person, '').length > 0,
    passedOver: (person) => (input.answered.includes(person) ? 'answered already' : undefined),
  });
  const pages = people.flatMap(({ person, because }) => pagesOf(person, because));
  const paged = new Set(pages.map((page) => page.person));
  const mute = people.map((one) => one.person).filter((person) => !paged.has(person));
  const unreached = (said: string): string =>
    truncateList([...(mute.length > 0 ? [said] : []), ...empty.map((one) => one.reason)]);
  return pages.length > 0
    ? {
        kind: 'paged',
        people: theFirstOf(pages),
        pages,
        positions: taken,
        unreached: unreached(`no contact: ${namesOf(mute)}`),
      }
    : {
        kind: 'skipped',
        reason: unreached(`nobody of ${namesOf(mute)} has a contact`) || 'nobody to notify',
      };
}

/**
 * An event is small (8 KiB, enforced by the database); a larger one could not be recorded, and its incident would page no one.
 * Every person is paged and has a ledger row, but only this many are named in the event and awaited by `ack: everyone`.
 */
const NAMED_MAX = 100;

const theFirstOf = (pages: readonly PlannedPage[]): string[] =>
  [...new Set(pages.map(({ person }) => person))].slice(0, NAMED_MAX);

const namesOf = (people: readonly string[]): string =>
  truncateList(people, { separator: ', ', max: NAMES_MAX });

/** `now`: ISO 8601, start of the quiet-hours calculation. `because`: reason for paging this person. */
export interface PageReason {
  urgency: Urgency;
  now: string;
  because: string;
}

/**
 * Applies one person's rules for this urgency. A person with no rule at minute 0 is paged at every contact at once
 * (docs/domain.md, Response and escalation). Low-urgency pages within quiet hours wait for their end.
 */
export function personalPages(
  person: string,
  spec: EffectivePerson | undefined,
  { urgency, now, because }: PageReason,
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
  { urgency, now }: Pick<PageReason, 'urgency' | 'now'>,
  afterMs: number,
): Pick<PlannedPage, 'afterMs' | 'held'> {
  const nowMs = Date.parse(now);
  const endsMs = urgency === 'high' || !quietHours ? null : quietEnd(quietHours, timezone, nowMs + afterMs);
  return endsMs === null || !quietHours
    ? { afterMs }
    : { afterMs: endsMs - nowMs, held: `quiet hours until ${quietHours.to} (${timezone})` };
}
