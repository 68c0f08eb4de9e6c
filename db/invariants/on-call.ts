/**
 * I12 for every schedule over the coming days: checked with the code that pages, because SQL cannot resolve a
 * rotation.
 */
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { coverageFaults } from '../../domain/oncall/coverage-faults.js';
import { slotAt } from '../../domain/oncall/on-call-at.js';
import { resolve } from '../../domain/oncall/resolve-shifts.js';
import { scheduleHistory } from '../../domain/oncall/revisions.js';
import type { Breach } from './invariant.js';

export const ON_CALL_RULE = {
  id: 'I12',
  says: 'shifts and gaps are all of the time, and who they show is who would be paged',
} as const;
const DAYS_AHEAD = 14;

/** One breach per fault; a schedule that cannot be resolved is a fault, too. `from`: ISO 8601, UTC. */
export function auditOnCall(snapshot: ConfigSnapshot, from: string): Breach[] {
  const to = new Date(Date.parse(from) + DAYS_AHEAD * 86_400_000).toISOString();
  return snapshot.list('Schedule').flatMap(({ name }) =>
    faultsOf(snapshot, name, { from, to }).map((detail) => ({
      invariant: ON_CALL_RULE.id,
      says: ON_CALL_RULE.says,
      subject: `schedule ${name}`,
      detail,
    })),
  );
}

function faultsOf(snapshot: ConfigSnapshot, name: string, range: { from: string; to: string }): string[] {
  try {
    const history = scheduleHistory(snapshot, name);
    if (history === undefined) return ['it is not known'];
    return coverageFaults(resolve(history, range.from, range.to), range, (at) => slotAt(history, at, 'now'));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
