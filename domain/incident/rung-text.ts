import type { Rung } from './state.js';

/** A step as people read it, without its round. */
export const stepText = (step: number): string => (step === 0 ? 'by name' : `step ${step}`);

/** Steps and rounds are counted from 1 where people read them; a person may be asked by name before the first step. */
export function rungText({ cycle, step }: Rung): string {
  return step === 0 || cycle === 0 ? stepText(step) : `${stepText(step)}, round ${cycle + 1}`;
}
