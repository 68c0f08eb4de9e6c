/**
 * Back-test: replays past incidents against a proposed policy and measures cost and speed. Paging uses the engine's own code
 * (rehearse.ts); only people's reactions are assumed, and every assumption is reported.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { PolicySpec } from './policy-spec.js';
import type { EngagedEscalation } from '../incident/events.js';
import type { ResponseEscalation } from '../incident/response.js';
import type { RotationPositions } from '../oncall/round-robin.js';
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

/** Source of an assumption about a person, best first. */
type Because = 'assumed' | 'observed' | 'silent' | 'own-median' | 'team-median' | 'unknown';

/** Milliseconds from a person's first message to the acknowledgement; null: the person does not acknowledge. */
interface Reaction {
  afterMs: number | null;
  because: Because;
}

export interface Medians {
  byPerson: ReadonlyMap<string, number>;
  team: number | null;
}

export interface Replaying {
  policy: { name: string; spec: PolicySpec };
  /** The team whose escalation is replaced when no escalation used a policy of that name. */
  team: string;
  snapshot: ConfigSnapshot;
  positions: RotationPositions;
  medians: Medians;
  /** The caller's assumptions about people, preferred over observations. */
  assumed: ReadonlyMap<string, number | null>;
  resolve: ResolveAt;
}

export interface Replayed {
  before: Measured;
  after: Measured;
  /** One for each person that the replay pages. */
  assumptions: (Reaction & { person: string })[];
  byHand: string[];
  /** Trace of the replay. */
  messages: RehearsedMessage[];
  positions: RotationPositions;
}

/** Median reaction times over all these incidents. */
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
  const { snapshot, positions, resolve } = replaying;
  const zoneOf = (person: string): string => snapshot.get('Person', person)?.spec.timezone ?? 'UTC';
  const escalations = past.response.escalations.map((escalation) => replaced(escalation, past, replaying));
  const engaged = (list: readonly EngagedEscalation[]): EngagedEscalation[] =>
    list.map((one) => shaped(one, escalations));
  const after = rehearse({
    id: past.id,
    at: opened.at,
    opened: { ...opened.data, escalations: engaged(opened.data.escalations), ackTimeoutMs: 0 },
    response: { ...past.response, escalations },
    snapshot,
    positions,
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
    positions: after.positions,
  };
}

/**
 * Uses the caller's assumption, else the person's reaction in this incident, else the person's median, else the team's. A person
 * who was paged then and did not acknowledge gets a median only if it is longer than the time that person had.
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

/**
 * The proposed policy replaces the policy of that name, else the policy of its team's escalation, else that of the owning
 * escalation.
 */
function replaced(
  escalation: ResponseEscalation,
  { response }: PastIncident,
  { policy, team }: Replaying,
): ResponseEscalation {
  const named = response.escalations.filter((one) => one.policy.name === policy.name);
  const ofTeam = response.escalations.filter((one) => one.team === team);
  const its = [named, ofTeam, response.escalations.slice(0, 1)].find((some) => some.length > 0) ?? [];
  return its.includes(escalation)
    ? { ...escalation, policy: { ...policy, revision: 0 }, called: [] }
    : escalation;
}

function shaped(engaged: EngagedEscalation, escalations: readonly ResponseEscalation[]): EngagedEscalation {
  const spec = escalations.find(({ name }) => name === engaged.name)?.policy.spec;
  return spec === undefined ? engaged : { ...engaged, steps: spec.steps.length, repeat: spec.repeat };
}

/**
 * Events outside the policy's control: alerts, priorities, people who joined without a page, a person who resolved without
 * acknowledging.
 */
function happeningsOf(
  { events }: PastIncident,
  act: FirstAct,
  observed: Observed,
  engaged: (list: readonly EngagedEscalation[]) => EngagedEscalation[],
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

/**
 * Resolution by alerts follows from the replayed alerts; a resolution by a person counts when there was no acknowledgement
 * before.
 */
const resolved = (
  because: 'person' | 'drill' | 'alerts_closed' | 'quiet',
  act: FirstAct,
): ('person' | 'drill')[] =>
  because === 'alerts_closed' || because === 'quiet' || act.acknowledged !== null ? [] : [because];
