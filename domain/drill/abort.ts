/** Decides when a drill yields to a real incident: it does not start, or it aborts (docs/domain.md, Drills). */
import { documentTitle } from '../config/display-names.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { Priority } from '../config/terms.js';

/** A triggered or acknowledged incident that is no drill, and one team that it pages. */
export interface RealIncident {
  number: string;
  priority: Priority;
  team: string;
  openedAt: Date;
}

/**
 * The real incident that a drill of these teams yields to: the most urgent one, then the oldest. `teams`: before the start those
 * that would take part, afterwards those that its incident pages. Null when the drill may run.
 */
export function yieldsTo(
  abortOn: readonly Priority[],
  teams: readonly string[],
  open: readonly RealIncident[],
): RealIncident | null {
  const [first] = open
    .filter(({ priority, team }) => abortOn.includes(priority) && teams.includes(team))
    .toSorted((a, b) => a.priority.localeCompare(b.priority) || a.openedAt.getTime() - b.openedAt.getTime());
  return first ?? null;
}

export const whyRefused = (
  { number, priority, team }: RealIncident,
  snapshot: Pick<ConfigSnapshot, 'get'>,
): string =>
  `${number} (${priority}) is real and open for team ${documentTitle(snapshot, 'Team', team)}, which would take part`;

export const whyAborted = ({ number, priority }: RealIncident): string => `${number} (${priority}) is real`;
