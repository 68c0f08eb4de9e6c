/**
 * "Sunday 03:00, nobody answers": the page-by-page trace of a policy, from the same planning code that pages. Pure; who
 * answers, and when, is assumed by the asker.
 */
import type { ConfigSnapshot, PolicyTarget, Urgency } from '../config/specs.js';
import type { ResponseTrack } from '../incident/response.js';
import type { Rung } from '../incident/state.js';
import { nextRung } from '../incident/tracks.js';
import { planPage, type ResolvedPeople } from './plan-page.js';

export interface AnswerAssumption {
  person: string;
  /** Milliseconds from this person's first page to the acknowledgement. */
  afterMs: number;
}

export interface SimulateInput {
  track: ResponseTrack;
  /** ISO 8601: when the incident is triggered. */
  at: string;
  urgency: Urgency;
  answers: readonly AnswerAssumption[];
  snapshot: ConfigSnapshot;
  /** The targets at an instant (domain/oncall). */
  resolve(targets: PolicyTarget[], at: string): ResolvedPeople;
  condition(expression: string): boolean;
}

export interface SimulatedPage extends Rung {
  at: string;
  person: string;
  contact: string;
  channel: string;
  because: string;
}

export interface Simulation {
  pages: SimulatedPage[];
  skipped: (Rung & { at: string; reason: string })[];
  acknowledged: { by: string; at: string } | null;
  exhausted: boolean;
}

export function simulate(input: SimulateInput): Simulation {
  const shape = { steps: input.track.policy.spec.steps.length, repeat: input.track.policy.spec.repeat };
  const planned: Simulation = { pages: [], skipped: [], acknowledged: null, exhausted: false };
  let now = input.at;
  for (let due: Rung | null = { cycle: 0, step: 1 }; due !== null;) {
    const at = now;
    const plan = planPage({ ...input, due, now: at, resolve: (targets) => input.resolve(targets, at) });
    planned.skipped.push(...plan.skipped.map((skip) => ({ ...skip, at })));
    const { paged } = plan;
    if (paged === null) {
      planned.exhausted = true;
      break;
    }
    for (const { afterMs, rule: _rule, address: _address, ...page } of paged.pages) {
      planned.pages.push({ ...page, at: later(at, afterMs), cycle: paged.cycle, step: paged.step });
    }
    const answer = firstAnswer(planned.pages, input.answers, paged.everyone ? paged.people : null);
    if (answer !== null && (paged.nextAt === null || answer.at < paged.nextAt)) return cut(planned, answer);
    if (paged.catchAll) {
      planned.exhausted = true;
      break;
    }
    now = paged.nextAt ?? now;
    due = nextRung(shape, paged);
  }
  const last = firstAnswer(planned.pages, input.answers, null);
  return last === null ? sorted(planned) : cut({ ...planned, exhausted: planned.exhausted }, last);
}

/** Who answers first, from each one's own first page; with `everyone`, the last of those who all have to. */
function firstAnswer(
  pages: readonly SimulatedPage[],
  answers: readonly AnswerAssumption[],
  everyone: readonly string[] | null,
): { by: string; at: string } | null {
  const given = answers.flatMap(({ person, afterMs }) => {
    const own = pages.filter((page) => page.person === person).map((page) => page.at);
    const first = own.sort()[0];
    return first === undefined ? [] : [{ by: person, at: later(first, afterMs) }];
  });
  const inOrder = given.sort((a, b) => a.at.localeCompare(b.at));
  if (everyone === null) return inOrder[0] ?? null;
  const needed = inOrder.filter((answer) => everyone.includes(answer.by));
  return new Set(needed.map((answer) => answer.by)).size === everyone.length ? (needed.at(-1) ?? null) : null;
}

/** What was planned for later than the answer is suppressed, as the ledger does it. */
function cut(simulation: Simulation, acknowledged: { by: string; at: string }): Simulation {
  return sorted({
    ...simulation,
    acknowledged,
    pages: simulation.pages.filter((page) => page.at <= acknowledged.at),
    skipped: simulation.skipped.filter((skip) => skip.at <= acknowledged.at),
  });
}

const sorted = (simulation: Simulation): Simulation => ({
  ...simulation,
  pages: [...simulation.pages].sort((a, b) => a.at.localeCompare(b.at)),
});

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();
