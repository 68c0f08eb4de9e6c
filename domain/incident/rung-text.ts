import type { Rung } from './state.js';

/** Steps and rounds are counted from 1 where people read them; a person may be asked by name before the first step. */
export function rungText({ cycle, step }: Rung): string {
  if (step === 0) return 'by name';
  return cycle === 0 ? `step ${step}` : `step ${step}, round ${cycle + 1}`;
}
