/** The weekly test: whom, over which contacts, and when. Pure, so that every replica asks for the same messages. */
import type { ConfigSnapshot } from '../config/specs.js';
import { quietEnd } from '../oncall/quiet-end.js';
import { DAY, HOUR, wallClock } from '../oncall/wall-clock.js';
import { durationMs } from '../shared/duration.js';
import { type EffectivePerson, effectivePerson } from './effective-person.js';

export interface RoundMessage {
  /** The same for everybody who works it out before one of them has sent it. */
  key: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
  /** When, and why not now; left out: at once. */
  dueAt?: string;
  held?: string;
}

/** The last test page of a round that somebody was sent. */
export interface LastRound {
  id: string;
  /** ISO 8601: when it was sent, or will be. */
  at: string;
}

/** On the wall of whoever is tested: nobody is rung in the night, or at breakfast, by a test. */
const FROM = 10 * HOUR;
const TO = 17 * HOUR;

/** How often; null while the organisation has not opted in. */
export const roundEvery = (snapshot: Pick<ConfigSnapshot, 'list'>): string | null =>
  snapshot.list('Organisation').find(({ spec }) => spec.reachability !== undefined)?.spec.reachability
    ?.every ?? null;

/**
 * Whoever is on call and was sent none for so long, to be sent at a time of day that suits them: who is on call at night
 * gets it in the day after. `onCall`: names, in any order; `now`: ISO 8601.
 */
export function reachabilityRound(
  snapshot: ConfigSnapshot,
  onCall: readonly string[],
  lastRounds: ReadonlyMap<string, LastRound>,
  now: string,
): RoundMessage[] {
  const every = roundEvery(snapshot);
  if (every === null) return [];
  return [...new Set(onCall)].flatMap((person) => {
    const spec = effectivePerson(snapshot, person);
    const last = lastRounds.get(person);
    if (spec === undefined || !isDue(last, every, now)) return [];
    const named = new Set([...spec.rules.high, ...spec.rules.low].map(({ contact }) => contact));
    // Without rules every contact is used.
    const used = spec.contacts.filter(({ name }) => named.size === 0 || named.has(name));
    return used.map(({ name: contact, channel, address }) => ({
      key: `reachability/${person}/after ${last?.id ?? 'none'}/${contact}`,
      person,
      contact,
      channel,
      address,
      ...whenOf(spec, every, now),
    }));
  });
}

/** Counted for each person: who begins a shift just before a common date would get two at once. */
const isDue = (last: LastRound | undefined, every: string, now: string): boolean =>
  last === undefined || Date.parse(now) - Date.parse(last.at) >= durationMs(every);

function whenOf(spec: EffectivePerson, every: string, now: string): Pick<RoundMessage, 'dueAt' | 'held'> {
  const nowMs = Date.parse(now);
  const suits = suitingFrom(spec, every, nowMs);
  if (suits === nowMs) return {};
  const dueAt = new Date(suits).toISOString();
  return { dueAt, held: `test pages are sent in the day (${spec.timezone})` };
}

/** The first instant from this one on. Who asks for more than one a day does not mean the day; quiet hours are kept all the same. */
function suitingFrom({ timezone, quietHours }: EffectivePerson, every: string, fromMs: number): number {
  const clock = wallClock(timezone, fromMs - 2 * DAY, fromMs + 4 * DAY);
  const quietUntil = (ms: number): number | null => (quietHours ? quietEnd(quietHours, timezone, ms) : null);
  let at = fromMs;
  // Each turn is later in the same day or in the next one; quiet hours that leave nothing of a day are made up for in it.
  for (let turn = 0; turn < 4; turn++) {
    at = quietUntil(at) ?? at;
    const midnight = Math.floor(clock.wallAt(at) / DAY) * DAY;
    const [opens, closes] = [clock.startAt(midnight + FROM), clock.startAt(midnight + TO)];
    // Whoever sleeps through the whole day, and works at night, is tested when they are up.
    const sleepsUntil = quietUntil(opens);
    const isUp = sleepsUntil !== null && sleepsUntil >= closes;
    if (isUp || durationMs(every) < DAY || (at >= opens && at < closes)) return at;
    at = at < opens ? opens : clock.startAt(midnight + DAY + FROM);
  }
  return at;
}
