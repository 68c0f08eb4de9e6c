/** Decides whether an alert joins the incident of its group (docs/domain.md, Alerts). */
import { isOpenIncident } from '../incident/is-open.js';
import type { IncidentState } from '../incident/state.js';
import { durationMs } from '../shared/duration.js';
import type { Reason } from './decide-signal.js';
import type { Group } from './group.js';
import type { GroupSpec } from './group-spec.js';
import { stillBelongs } from './reopen-window.js';

const DEFAULT_WINDOW = '10m';

/** The incident that the group's alerts joined last. */
export interface IncidentOfGroup extends Pick<
  IncidentState,
  'number' | 'status' | 'service' | 'drill' | 'mergedInto' | 'resolvedAt'
> {
  id: string;
  /** Teams that it pages. */
  teams: string[];
  /** When the last alert joined. */
  lastAt: string;
}

export interface GroupingDecision {
  /** Null: the alert opens an incident of its own, which is then the group's. */
  joins: string | null;
  reason: Reason | null;
}

export function decideGrouping(
  group: Group | null,
  known: IncidentOfGroup | null,
  { spec, team, now }: { spec: GroupSpec; team: string | null; now: string },
): GroupingDecision {
  if (group === null) return alone('nothing groups it, so it is an incident of its own');
  const what = group.text;
  if (known === null) return alone(`the first of its group (${what})`);
  const { number, lastAt } = known;
  const window = spec.window ?? DEFAULT_WINDOW;
  if (known.drill !== null) return alone(`the last of its group (${what}) is of ${number}, which is a drill`);
  if (Date.parse(now) - Date.parse(lastAt) > durationMs(window))
    return alone(`the last of its group (${what}) joined ${number} at ${lastAt}, more than ${window} ago`);
  if (!stillBelongs(lastAt, known, now))
    return alone(`the last of its group (${what}) is of ${number}, which was over too long ago`);
  if (team !== null && !known.teams.includes(team))
    return alone(`the last of its group (${what}) is of ${number}, which does not page ${team}`);
  const isOver = !isOpenIncident(known);
  return {
    joins: known.id,
    reason: because(
      'joined',
      `of the same group as ${number} (${what})${isOver ? ', which it opens again' : ''}`,
    ),
  };
}

const because = (decision: string, text: string): Reason => ({ stage: 'grouping', decision, text });
const alone = (text: string): GroupingDecision => ({ joins: null, reason: because('alone', text) });
