/**
 * Past incidents replayed against a proposed policy: what would it have cost, how fast would it have been? Paging is the
 * engine's own code on paper (rehearse.ts); only how people react has to be assumed, and every assumption is told.
 */
import type { ConfigSnapshot, PolicySpec } from '../config/specs.js';
import type { EngagedTrack } from '../incident/events.js';
import type { ResponseTrack } from '../incident/response.js';
import type { Turns } from '../oncall/round-robin.js';
import { type Measured, measure, quantile } from './measure.js';
import {
  type FirstAct,
  firstActOf,
  type Observed,
  observedAnswers,
  openedOf,
  type PastIncident,
} from './past-incident.js';
import { type Happening, rehearse, type RehearsedMessage, type ResolveAt } from './rehearse.js';

/** Where an assumption about a person comes from, best first. */
export type Because = 'assumed' | 'observed' | 'silent' | 'own-median' | 'team-median' | 'unknown';

/** Milliseconds from a person's first message to their answer; null: they do not answer. */
export interface Reaction {
  afterMs: number | null;
  because: Because;
}

export interface Medians {
  byPerson: ReadonlyMap<string, number>;
  team: number | null;
}

export interface Replaying {
  policy: { name: string; spec: PolicySpec };
  /** The team whose track it replaces where no track was escalated by a policy of that name. */
  team: string;
  snapshot: ConfigSnapshot;
  turns: Turns;
  medians: Medians;
  /** What the asker assumes of people, before anything that was observed. */
  assumed: ReadonlyMap<string, number | null>;
  resolve: ResolveAt;
}

export interface Replayed {
  before: Measured;
  after: Measured;
  /** Of everybody whom the replay pages. */
  assumptions: (Reaction & { person: string })[];
  byHand: string[];
  /** The trace of the replay. */
  messages: RehearsedMessage[];
  turns: Turns;
}

/** How fast people answered over all these incidents. */
export function mediansOf(incidents: readonly PastIncident[]): Medians {
  const all = new Map<string, number[]>();
  for (const past of incidents) {
    for (const [person, reaction] of observedAnswers(past, firstActOf(past)))
      if ('answeredMs' in reaction) all.set(person, [...(all.get(person) ?? []), reaction.answeredMs]);
  }
  const byPerson = new Map<string, number>();
  for (const [person, values] of all) {
    const median = quantile(values, 0.5);
    if (median !== null) byPerson.set(person, median);
  }
  return { byPerson, team: quantile([...all.values()].flat(), 0.5) };
}

export function replay(past: PastIncident, replaying: Replaying): Replayed {
  const opened = openedOf(past);
  const act = firstActOf(past);
  const observed = observedAnswers(past, act);
  const { snapshot, turns, resolve } = replaying;
  const zoneOf = (person: string): string => snapshot.get('Person', person)?.spec.timezone ?? 'UTC';
  const tracks = past.response.tracks.map((track) => replaced(track, past, replaying));
  const engaged = (list: readonly EngagedTrack[]): EngagedTrack[] => list.map((one) => shaped(one, tracks));
  const after = rehearse({
    id: past.id,
    at: opened.at,
    opened: { ...opened.data, tracks: engaged(opened.data.tracks), ackTimeoutMs: 0 },
    response: { ...past.response, tracks },
    snapshot,
    turns,
    resolve,
    answersAfter: (person) => reactionOf(person, observed, replaying).afterMs,
    happenings: happeningsOf(past, act, observed, engaged),
  });
  const acknowledged = after.events.find((event) => event.kind === 'acknowledged');
  const paged = [...new Set(after.messages.map(({ person }) => person))].toSorted();
  return {
    before: measure({ openedAt: opened.at, zoneOf, ...act }),
    after: measure({
      openedAt: opened.at,
      zoneOf,
      acknowledged: acknowledged === undefined ? null : { by: acknowledged.data.person, at: acknowledged.at },
      messages: after.messages,
      exhausted: after.events.some(({ kind }) => kind === 'exhausted'),
    }),
    assumptions: paged.map((person) => ({ person, ...reactionOf(person, observed, replaying) })),
    byHand: act.byHand,
    messages: after.messages,
    turns: after.turns,
  };
}

/**
 * What the asker assumes, else what the person did in this incident, else the median of what they do, else that of
 * everybody. Who was paged then and did not answer gets a median only if it is longer than they had.
 */
function reactionOf(person: string, observed: Observed, { assumed, medians }: Replaying): Reaction {
  const assumption = assumed.get(person);
  if (assumption !== undefined) return { afterMs: assumption, because: 'assumed' };
  const seen = observed.get(person);
  if (seen !== undefined && 'answeredMs' in seen) return { afterMs: seen.answeredMs, because: 'observed' };
  const own = medians.byPerson.get(person);
  const median = own ?? medians.team;
  if (seen !== undefined && (median === null || seen.silentMs === null || median <= seen.silentMs))
    return { afterMs: null, because: 'silent' };
  if (median === null) return { afterMs: null, because: 'unknown' };
  return { afterMs: median, because: own === undefined ? 'team-median' : 'own-median' };
}

/** The track that was escalated by this policy, else that of its team, else the owner's, is escalated by the proposed one. */
function replaced(
  track: ResponseTrack,
  { response }: PastIncident,
  { policy, team }: Replaying,
): ResponseTrack {
  const named = response.tracks.filter((one) => one.policy.name === policy.name);
  const ofTeam = response.tracks.filter((one) => one.team === team);
  const its = [named, ofTeam, response.tracks.slice(0, 1)].find((some) => some.length > 0) ?? [];
  return its.includes(track) ? { ...track, policy: { ...policy, revision: 0 }, called: [] } : track;
}

function shaped(engaged: EngagedTrack, tracks: readonly ResponseTrack[]): EngagedTrack {
  const spec = tracks.find(({ name }) => name === engaged.name)?.policy.spec;
  return spec === undefined ? engaged : { ...engaged, steps: spec.steps.length, repeat: spec.repeat };
}

/** What the world did: alerts, priorities, people who came without being paged, a person who resolved it unanswered. */
function happeningsOf(
  { events }: PastIncident,
  act: FirstAct,
  observed: Observed,
  engaged: (list: readonly EngagedTrack[]) => EngagedTrack[],
): Happening[] {
  return events.flatMap((event): Happening[] => {
    const { at, actor } = event;
    switch (event.kind) {
      case 'alert_joined':
        return [{ at, actor, command: { type: 'join_alert', ...event.data } }];
      case 'alert_closed':
        return [{ at, actor, command: { type: 'close_alert', ...event.data } }];
      case 'priority_set': {
        const { startsOver: wakes = false, raisedFrom: _raisedFrom, ...data } = event.data;
        const command = { type: 'set_priority', ...data, ackTimeoutMs: 0, wakes } as const;
        return [{ at, actor, command: { ...command, engaged: engaged(data.engaged) } }];
      }
      case 'acknowledged':
        return observed.has(event.data.person)
          ? []
          : [{ at, actor, command: { type: 'acknowledge', person: event.data.person } }];
      case 'resolved':
        return resolved(event.data.because, act).map((because) => ({
          at,
          actor,
          command: { type: 'resolve', comment: null, because },
        }));
      default:
        return [];
    }
  });
}

/** What the alerts say comes out of the alerts; a person's end counts where nobody had answered. */
const resolved = (
  because: 'person' | 'drill' | 'alerts_closed' | 'quiet',
  act: FirstAct,
): ('person' | 'drill')[] =>
  because === 'alerts_closed' || because === 'quiet' || act.acknowledged !== null ? [] : [because];
