/** Finds upcoming coverage gaps: times in which no one is on call, or only a person without a contact. */
import { documentTitle } from '../config/display-names.js';
import type { ConfigSnapshot } from '../config/specs.js';
import { mayAnswer } from '../access/permissions.js';
import { effectivePerson } from '../people/effective-person.js';
import { resolve } from './resolve-shifts.js';
import { scheduleHistory } from './revisions.js';
import { ScheduleError, type ScheduleHistory } from './schedule.js';

/**
 * `unreachable`: `person` does not exist or has no contact. `broken`: the schedule cannot be resolved; `text` gives the reason.
 */
export interface CoverageGap {
  team: string;
  schedule: string;
  kind: 'nobody' | 'unreachable' | 'broken';
  from: string;
  to: string;
  person: string | null;
  text: string;
}

/** Gaps of all schedules or one, in order of time. */
export function findCoverageGaps(
  snapshot: ConfigSnapshot,
  from: string,
  to: string,
  only?: string,
): CoverageGap[] {
  return snapshot
    .list('Schedule')
    .filter(({ name }) => only === undefined || name === only)
    .flatMap(({ name, spec }) => {
      const history = scheduleHistory(snapshot, name);
      return history === undefined ? [] : gapsOf(history, snapshot, { name, team: spec.team, from, to });
    })
    .toSorted((a, b) => a.from.localeCompare(b.from) || a.schedule.localeCompare(b.schedule));
}

/** Gaps of one given schedule, which need not be in force. */
export function gapsOf(
  history: ScheduleHistory,
  snapshot: ConfigSnapshot,
  { name: schedule, team, from, to }: { name: string; team: string; from: string; to: string },
): CoverageGap[] {
  const about = { team, schedule };
  const personTitle = (person: string): string => snapshot.get('Person', person)?.spec.displayName ?? person;
  const title = documentTitle(snapshot, 'Schedule', schedule);
  try {
    const { items, gaps } = resolve(history, from, to);
    const nobody = gaps.map((gap): CoverageGap => {
      const text = `nobody is on call in ${title} from ${gap.from} to ${gap.to}`;
      return { ...about, ...gap, kind: 'nobody', person: null, text };
    });
    const unreachable = items.flatMap((item): CoverageGap[] => {
      const reason = whyUnreachable(snapshot, item.person);
      if (reason === null) return [];
      const text = `${personTitle(item.person)} is on call in ${title} from ${item.from} to ${item.to} and ${reason}`;
      return [{ ...about, kind: 'unreachable', from: item.from, to: item.to, person: item.person, text }];
    });
    return [...nobody, ...unreachable].toSorted((a, b) => a.from.localeCompare(b.from));
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const text = `${title} cannot be resolved: ${error.message}`;
    return [{ ...about, kind: 'broken', from, to, person: null, text }];
  }
}

function whyUnreachable(snapshot: ConfigSnapshot, name: string): string | null {
  const person = effectivePerson(snapshot, name);
  if (person === undefined) return 'does not exist';
  const role = snapshot.get('Person', name)?.spec.role;
  if (role !== undefined && !mayAnswer(role)) return `has the role ${role}, which answers no incidents`;
  return person.contacts.length === 0 ? 'has no contact' : null;
}
