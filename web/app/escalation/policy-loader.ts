/** Data of the policy pages: each step with its people as of now, and the submitted forms. */
import { stringify } from 'yaml';
import type { ParsedDocuments } from '../../../contracts/config/documents.js';
import type { ConfigDocument, ConfigSnapshot } from '../../../domain/config/specs.js';
import type { PolicySpec, PolicyTarget } from '../../../domain/escalation/policy-spec.js';
import type { Problem } from '../../../domain/config/references.js';
import { personalPages } from '../../../domain/escalation/plan-page.js';
import { policyProblems } from '../../../domain/escalation/proposed-policy.js';
import {
  CATCH_ALL_LIST_KEY,
  policyListKey,
  type RotationPositions,
} from '../../../domain/oncall/round-robin.js';
import { resolveTargets, titleOf } from '../../../domain/oncall/targets.js';
import { wallClock } from '../../../domain/oncall/wall-clock.js';
import { effectivePerson } from '../../../domain/people/effective-person.js';
import { invalid } from '../../../services/common/problem.js';
import { wordsOf } from '../../ui/form.js';
import { proposedSpec } from '../proposed-spec.js';

export interface StepView {
  /** From 1; null for the catch-all. */
  step: number | null;
  targets: string[];
  people: string[];
  gaps: string[];
  wait: string | null;
  everyone: boolean;
  condition: string | null;
}

export interface PolicyView {
  name: string;
  revision: number;
  team: string;
  repeat: number;
  steps: StepView[];
  services: string[];
  problems: Problem[];
}

export function policyView(
  snapshot: ConfigSnapshot,
  { name, revision, spec }: ConfigDocument<'EscalationPolicy'>,
  positions: RotationPositions,
  now: string,
): PolicyView {
  const reachable = (person: string): boolean =>
    personalPages(person, effectivePerson(snapshot, person), { urgency: 'high', now: '', because: '' })
      .length > 0;
  const look = (targets: readonly PolicyTarget[], listKey: string) => {
    const { people, empty } = resolveTargets(targets, snapshot, now, { listKey, positions, reachable });
    return {
      targets: targets.map((target) => titleOf(target, snapshot)),
      people: people.map(({ person }) => person),
      gaps: [
        ...empty.map(({ reason }) => reason),
        ...people
          .filter(({ person }) => !reachable(person))
          .map(
            ({ person }) => `${snapshot.get('Person', person)?.spec.displayName ?? person} has no contact`,
          ),
      ],
    };
  };
  const catchAll = snapshot.list('Organisation').flatMap((one) => one.spec.catchAll);
  return {
    name,
    revision,
    team: spec.team,
    repeat: spec.repeat,
    steps: [
      ...spec.steps.map((step, index) => ({
        ...look(step.notify, policyListKey(name, index + 1)),
        step: index + 1,
        wait: step.wait,
        everyone: step.ack === 'everyone',
        condition: step.if ?? null,
      })),
      { ...look(catchAll, CATCH_ALL_LIST_KEY), step: null, wait: null, everyone: false, condition: null },
    ],
    services: snapshot
      .list('Service')
      .filter((service) => service.spec.policy === name)
      .map((service) => service.name),
    problems: policyProblems(snapshot, name),
  };
}

/** Most people with an assumed answer in the form. */
const ANSWERS = 3;

export interface SimulateForm {
  at: string;
  priority: string;
  service: string;
  answers: { person: string; after: string }[];
}

/** Next Sunday 03:00 in the reader's zone, the default of the simulation. */
function sundayNight(now: string, zone: string): string {
  const ms = Date.parse(now);
  const wall = wallClock(zone, ms, ms + 8 * 86_400_000).wallAt(ms);
  const midnight = wall - (wall % 86_400_000);
  const toSunday = (7 - new Date(midnight).getUTCDay()) % 7;
  const sunday = midnight + toSunday * 86_400_000 + 3 * 3_600_000;
  return wallText(sunday > wall ? sunday : sunday + 7 * 86_400_000);
}

const wallText = (wall: number): string => new Date(wall).toISOString().slice(0, 16).replace('T', ' ');

export function simulateForm(query: unknown, now: string, zone: string): SimulateForm {
  return {
    at: wordsOf(query, 'at') ?? sundayNight(now, zone),
    priority: wordsOf(query, 'priority') ?? 'P1',
    service: wordsOf(query, 'service') ?? '',
    answers: Array.from({ length: ANSWERS }, (_, index) => ({
      person: wordsOf(query, `person${index + 1}`) ?? '',
      after: wordsOf(query, `after${index + 1}`) ?? '',
    })),
  };
}

/** The API body of this form. `at` is in the reader's zone. */
export function simulateBody({ at, priority, service, answers }: SimulateForm, zone: string): unknown {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)$/.exec(at);
  const wall = match === null ? Number.NaN : Date.parse(`${match[1] ?? ''}T${match[2] ?? ''}:00Z`);
  if (Number.isNaN(wall))
    throw invalid(`"${at}" is not a date and time such as 2026-03-01 03:00.`, [
      { path: 'at', message: 'a date and time such as 2026-03-01 03:00' },
    ]);
  const instant = wallClock(zone, wall - 86_400_000, wall + 86_400_000).startAt(wall);
  return {
    at: new Date(instant).toISOString(),
    priority,
    ...(service === '' ? {} : { service }),
    answers: answers
      .filter(({ person }) => person !== '')
      .map(({ person, after }) => ({ person, after: after === '' ? '2m' : after })),
  };
}

export interface BacktestForm {
  days: string;
  service: string;
  /** The proposed spec as YAML. */
  proposal: string;
}

const specText = ({ team, repeat, steps }: PolicySpec): string =>
  stringify({ team, repeat, steps }, { lineWidth: 110, flowCollectionPadding: false });

export const isUnchanged = (proposal: string, spec: PolicySpec): boolean =>
  proposal.replaceAll('\r\n', '\n').trim() === specText(spec).trim();

export function backtestForm(body: unknown, spec: PolicySpec): BacktestForm {
  return {
    days: wordsOf(body, 'days') ?? '90',
    service: wordsOf(body, 'service') ?? '',
    proposal: wordsOf(body, 'proposal') ?? specText(spec),
  };
}

export const proposalOf = (
  name: string,
  text: string,
  parse: (text: string) => Promise<ParsedDocuments>,
): Promise<PolicySpec> =>
  // The type does not relate kind and spec; the schema does.
  proposedSpec({ kind: 'EscalationPolicy', name, what: 'one policy' }, text, parse) as Promise<PolicySpec>;
