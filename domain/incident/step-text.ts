import type { StepRef } from './state.js';

/** A step's name for people, without its round. */
export const stepText = (step: number): string => (step === 0 ? 'by name' : `step ${step}`);

/** Steps and rounds are shown counted from 1; step 0 is a page by name before the first step. */
export function stepRefText({ cycle, step }: StepRef): string {
  return step === 0 || cycle === 0 ? stepText(step) : `${stepText(step)}, round ${cycle + 1}`;
}
