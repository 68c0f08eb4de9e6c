/** Whether a silence may be made, by whom, and until when. Pure; the store provides the state of its transaction. */
import { type Refused, refuse } from '../oncall/decide-override.js';
import { DAY, HOUR, instantMs, isoOf, MINUTE } from '../oncall/wall-clock.js';
import { type Matcher, matchesEverything, namedAlerts, valuesOf } from './matcher.js';
import { markedDocument } from '../people/spoken.js';

const MAX_DAYS = 30;
/** For a silence of every alert. */
const MAX_EVERYTHING_HOURS = 24;
/** Silences and windows that have not ended: each is compared with every alert. */
const MAX_SILENCES = 500;
/** Of all patterns in force, for each character of each alert: some 0.7 s for the longest title, when nothing is matched early. */
const MAX_STEPS = 10_000;

export interface SilenceRequested {
  matchers: readonly Matcher[];
  until: string;
  everything: boolean;
  /** Ends also when none of the alerts that it names fires any more. */
  untilClear: boolean;
  /** Null: the whole organisation. */
  teams: readonly string[] | null;
}

export interface Silencer {
  /** May silence alerts of every team. */
  isManager: boolean;
  /** Teams that the caller belongs to. */
  teams: readonly string[];
}

export interface SilenceFacts {
  now: string;
  by: Silencer;
  teamOf: (service: string) => string | null;
  teamExists: (name: string) => boolean;
  /** Silences that have not ended. */
  inForce: number;
  /** Steps a character of their patterns, with those asked for. */
  steps: number;
}

export type SilenceDecision =
  { kind: 'accepted'; teams: readonly string[] | null; until: string; everything: boolean } | Refused;

export function decideSilence(
  asked: SilenceRequested,
  { now, by, teamOf, teamExists, inForce, steps }: SilenceFacts,
): SilenceDecision {
  const everything = matchesEverything(asked.matchers);
  if (everything && !asked.everything)
    return refuse(
      'matches_everything',
      'These matchers narrow nothing, so every alert would be muted. Add a matcher that names something, or say "everything": true.',
      'matchers',
    );
  const { sources, keys } = namedAlerts(asked.matchers);
  if (asked.untilClear && (sources.length === 0 || keys.length === 0))
    return refuse(
      'names_no_alerts',
      'A silence until its alerts clear has to name them: a matcher "source =" and a matcher "dedupKey =".',
      'matchers',
    );
  const teams = decideTeams(asked, { by, teamOf, teamExists });
  if (teams !== null && 'kind' in teams) return teams;
  const end = decideEnd(asked.until, { now, everything });
  if (end.kind === 'refused') return end;
  if (inForce >= MAX_SILENCES)
    return refuse(
      'too_many_silences',
      `${inForce} silences are in force, which is the most; end some first.`,
    );
  if (steps > MAX_STEPS)
    return refuse(
      'costs_too_much',
      `With it the patterns of all silences in force would cost ${steps} steps a character of every alert, and ${MAX_STEPS} are the most: use shorter patterns, or lists of values.`,
      'matchers',
    );
  return { kind: 'accepted', teams, until: end.until, everything };
}

/** Who is no manager silences alerts for services of their own teams only; the silence says so. */
function decideTeams(
  { matchers, teams }: SilenceRequested,
  { by, teamOf, teamExists }: Pick<SilenceFacts, 'by' | 'teamOf' | 'teamExists'>,
): readonly string[] | null | Refused {
  const unknown = teams?.find((name) => !teamExists(name));
  if (unknown !== undefined) return refuse('unknown_team', `There is no team ${unknown}.`, 'teams');
  if (by.isManager) return teams;
  if (by.teams.length === 0)
    return refuse('not_yours', 'You belong to no team; a manager may silence alerts of every team.');
  const foreign = teams?.find((name) => !by.teams.includes(name));
  if (foreign !== undefined)
    return refuse(
      'not_yours',
      `You do not belong to the team ${markedDocument('Team', foreign)}; its members or a manager may silence its alerts.`,
    );
  const named = matchers.filter(({ field, op }) => field === 'service' && op === '=').flatMap(valuesOf);
  for (const service of named) {
    const team = teamOf(service);
    if (team === null || !by.teams.includes(team))
      return refuse(
        'not_yours',
        `${markedDocument('Service', service)} belongs to ${team === null ? 'no team' : markedDocument('Team', team)}; ${team === null ? '' : 'its members or '}a manager may silence its alerts.`,
      );
  }
  return teams ?? by.teams;
}

export function decideEnd(
  until: string,
  { now, everything }: { now: string; everything: boolean },
): { kind: 'accepted'; until: string } | Refused {
  const [end, present] = [instantMs(until, 'until'), instantMs(now, 'now')];
  if (end <= present)
    return refuse('in_the_past', `It would have ended ${until}, and it is ${now}.`, 'until');
  if (everything && end - present > MAX_EVERYTHING_HOURS * HOUR)
    return refuse(
      'too_long',
      `A silence of every alert lasts at most ${MAX_EVERYTHING_HOURS} hours; name what is to be silent, or end it earlier.`,
      'until',
    );
  if (end - present > MAX_DAYS * DAY)
    return refuse(
      'too_long',
      `A silence lasts at most ${MAX_DAYS} days; an alert that nobody needs is better changed or removed at its source.`,
      'until',
    );
  return { kind: 'accepted', until: isoOf(end) };
}

/** A quarter of its length before the end, a day at most; null for one so short that whoever made it still remembers. */
export function reminderAt(from: string, until: string): string | null {
  const length = Date.parse(until) - Date.parse(from);
  if (length < 20 * MINUTE) return null;
  return isoOf(Date.parse(until) - Math.min(length / 4, DAY));
}

/** Whether the caller may end or change the silence: it is theirs, of their teams alone, or they manage. */
export const mayChange = (
  silence: { owner: string | null; createdBy: string; teams: readonly string[] | null },
  by: Silencer & { person: string | null; actor: string },
): boolean =>
  by.isManager ||
  silence.createdBy === by.actor ||
  (silence.owner !== null && silence.owner === by.person) ||
  (silence.teams !== null &&
    silence.teams.length > 0 &&
    silence.teams.every((team) => by.teams.includes(team)));
