/** Summary of a run: the cells that were run, how often, and their results. */
import { cells, type Phase, phases, phaseNames, shownElsewhere } from './cells.js';
import type { Outcome } from './round.js';

export function tableOf(outcomes: readonly Outcome[], minutes: number): string {
  const failed = outcomes.filter(({ breaches }) => breaches.length > 0);
  const count = (invariants: readonly string[]): number =>
    outcomes.filter(({ breaches }) => breaches.some(({ invariant }) => invariants.includes(invariant)))
      .length;
  const run = new Set(
    outcomes.filter(({ isPlaced }) => isPlaced).map(({ one }) => `${one.phase} ${one.fault}`),
  );
  const faults = [...new Set(cells.map(({ fault }) => fault))];
  const width = Math.max(...faults.map((fault) => fault.length));
  const cell = (phase: Phase, fault: string): string => {
    const here = outcomes.filter(({ one }) => one.phase === phase && one.fault === fault);
    const isDefined = cells.some((one) => one.phase === phase && one.fault === fault);
    const bad = here.filter(({ breaches }) => breaches.length > 0).length;
    const text = !isDefined ? '·' : bad > 0 ? `${here.length}!${bad}` : String(here.length);
    return text.padStart(6);
  };
  return [
    `${''.padEnd(width)} ${phases.map((phase) => phase.padStart(6)).join('')}`,
    ...faults.map((fault) => `${fault.padEnd(width)} ${phases.map((phase) => cell(phase, fault)).join('')}`),
    '',
    ...phases.map((phase) => `${phase.padEnd(4)} ${phaseNames[phase]}`),
    '',
    `cells run/defined: ${run.size}/${cells.length} (elsewhere: ${Object.keys(shownElsewhere).join('; ')})`,
    `cases: ${outcomes.length} in ${minutes.toFixed(1)} minutes, ${(outcomes.length / minutes).toFixed(0)} a minute; failed: ${failed.length}`,
    `lost: ${count(['I1', 'end'])}, repeats not marked: ${count(['I3'])}, pages after their acknowledgement: ${count(['I5'])}, not placed: ${count(['place'])}`,
    `repeats that said so: ${outcomes.reduce((sum, { repeats }) => sum + repeats, 0)}`,
    '',
  ].join('\n');
}
