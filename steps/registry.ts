/**
 * The kinds of runbook steps: what is pure of them, for domain, workflows and pages. Their schemas are listed in `schemas.ts`, their
 * effects in `effects.ts`; the compiler asks for both.
 */
import type { ActingBy, ActingRules, BranchRules, EndedBy } from '../domain/runbook/step-rules.js';
import { approve } from './approve/step.js';
import { check } from './check/step.js';
import { http } from './http/step.js';
import { manual } from './manual/step.js';
import { notify } from './notify/step.js';
import { switchStep } from './switch/step.js';
import { wait } from './wait/step.js';

/** By the key that a step has in its document. Errors list them in this order. */
export const stepKinds = { http, check, notify, wait, manual, approve, switch: switchStep };

type Kinds = typeof stepKinds;

export type StepKind = keyof Kinds;

export type FieldsOf<K extends StepKind> =
  Kinds[K] extends ActingRules<ActingBy, infer Fields, unknown>
    ? Fields
    : Kinds[K] extends BranchRules<infer Fields>
      ? Fields
      : never;

/** Exactly one kind's key with its fields. */
export type StepFields = { [K in StepKind]: { [P in K]: FieldsOf<K> } }[StepKind];

export type RenderedOf<K extends StepKind> =
  Kinds[K] extends ActingRules<ActingBy, never, infer Rendered> ? Rendered : never;

/** The exact effect or question of a step. */
export type RenderedStep = { [K in StepKind]: RenderedOf<K> }[StepKind];

/** Kinds that act by themselves. */
export type EffectKind = {
  [K in StepKind]: Kinds[K] extends { endedBy: 'effect' } ? K : never;
}[StepKind];

/** Rendered steps of the kinds that end by `By`. */
export type RenderedBy<By extends EndedBy> = {
  [K in StepKind]: Kinds[K] extends { endedBy: By } ? RenderedOf<K> : never;
}[StepKind];

type StepRules = ActingRules<ActingBy, unknown, RenderedStep> | BranchRules<unknown>;

export const STEP_KINDS = Object.keys(stepKinds) as StepKind[];

interface KnownStep {
  kind: StepKind;
  fields: unknown;
  rules: StepRules;
}

/** A step's kind, from its one kind key, with the kind's fields and rules. */
export function readStep(step: StepFields): KnownStep {
  const kind = STEP_KINDS.find((name) => Object.hasOwn(step, name));
  if (kind === undefined) throw new Error(`a step needs one of ${STEP_KINDS.join(', ')}`);
  return { kind, fields: (step as Record<string, unknown>)[kind], rules: stepKinds[kind] };
}

export const kindOf = (step: StepFields): StepKind => readStep(step).kind;

/** How steps of a kind end; undefined for a stored kind that no longer exists. */
export const endedBy = (kind: string): EndedBy | undefined =>
  Object.hasOwn(stepKinds, kind) ? stepKinds[kind as StepKind].endedBy : undefined;

/** True for steps that succeed only by a person's answer (`complete_step`, `decide_approval`). */
export const isAnswered = (kind: string): boolean => ['task', 'approval'].includes(endedBy(kind) ?? '');

/** Kinds that end by one of `ways`. */
export const kindsEndedBy = (...ways: readonly EndedBy[]): StepKind[] =>
  STEP_KINDS.filter((kind) => ways.includes(stepKinds[kind].endedBy));

/** True when the end of such a step plans messages, which are due at once. */
export const plansMessages = (kind: StepKind | undefined): boolean => {
  const rules: StepRules | undefined = kind === undefined ? undefined : stepKinds[kind];
  return rules?.plansMessages === true;
};
