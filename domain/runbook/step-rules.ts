/** Declaration of a kind of step; one constant in each `steps/<kind>/step.ts`. Pure, because every replay reads it. */
import { render, type TemplateScope } from './expressions.js';

/**
 * `effect`: an action of ours, which can be repeated; `task`: a person does it; `approval`: entitled people answer; `time`: the time is
 * over; `branch`: nothing is done, the run goes elsewhere.
 */
export type EndedBy = 'effect' | 'task' | 'approval' | 'time' | 'branch';

export type ActingBy = Exclude<EndedBy, 'branch'>;

interface RenderContext {
  /** Null: the step stays as written. A simulation shows it so where results are missing. */
  scope: TemplateScope | null;
  /** The hosts that the runbook may contact. */
  hosts: readonly string[] | undefined;
  /** The step's own `timeout`. */
  limitMs: number | null;
}

/** A field that names somebody: `team:checkout`, `role:commander`, `responders`. */
interface Addressee {
  path: string;
  to: string;
}

interface CommonRules<Fields> {
  /** Acts outside Tocsin, or would tell people that something is real: simulated in drills and dry runs. */
  isExternal?: true;
  /** Its end plans messages, which are due at once. */
  plansMessages?: true;
  addressees?(fields: Fields): Addressee[];
  /** Its task or question to people, which is its sentence where it has no name. */
  request?(fields: Fields): string;
}

/** `render` yields the exact effect or question; it throws an error with a sentence for people. */
export interface ActingRules<By extends ActingBy, Fields, Rendered> extends CommonRules<Fields> {
  endedBy: By;
  render(fields: Fields, context: RenderContext): Rendered;
  /** Never shown as written: it acts in a simulation too, so its values have to be there. */
  needsValues?: true;
  /** An attempt that may have acted is repeated after the loss of its worker. */
  isRepeatable?(fields: Fields): boolean;
}

export interface BranchRules<Fields> extends CommonRules<Fields> {
  endedBy: 'branch';
  cases(fields: Fields): readonly { if: string; goto: string }[];
}

/** Time limit of one attempt of a step with an effect, when the step sets none. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Rendering replaces strings and keeps the shape. */
export const filled = <T>(value: T, scope: TemplateScope | null): T =>
  scope === null ? value : (render(value, scope) as T);
