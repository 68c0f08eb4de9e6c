/** Plans the regular reachability check: people, contacts and times. Pure, so that every replica plans the same messages. */
import type { ConfigSnapshot } from '../config/specs.js';
import { quietEnd } from '../oncall/quiet-end.js';
import { DAY, HOUR, wallClock } from '../oncall/wall-clock.js';
import { durationMs } from '../shared/duration.js';
import { type EffectivePerson, effectivePerson } from './effective-person.js';

export interface RoundMessage {
  /** Equal for every replica that plans before one of them has sent it. */
  key: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
  /** Time and reason of a delay; omitted: at once. */
  dueAt?: string;
  held?: string;
}

/** The last test page of a reachability check that the person was sent. */
export interface LastRound {
  id: string;
  /** ISO 8601: when it was or will be sent. */
  at: string;
}

/** Local time of the person tested: no test wakes a person at night or disturbs breakfast. */
const FROM = 10 * HOUR;
const TO = 17 * HOUR;

/** Interval of the check; null while the organisation has not opted in. */
export const roundEvery = (snapshot: Pick<ConfigSnapshot, 'list'>): string | null =>
  snapshot.list('Organisation').find(({ spec }) => spec.reachability !== undefined)?.spec.reachability
    ?.every ?? null;

/**
 * Messages to people on call whose last test is older than the interval, at a suitable time of day: a person on call at night is
 * tested on the following day. `onCall`: names, in any order; `now`: ISO 8601.
 */
export function reachabilityCheck(
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

/** Evaluated for each person: a person whose shift begins just before a common date would get two tests in a row. */
const isDue = (last: LastRound | undefined, every: string, now: string): boolean =>
  last === undefined || Date.parse(now) - Date.parse(last.at) >= durationMs(every);

function whenOf(spec: EffectivePerson, every: string, now: string): Pick<RoundMessage, 'dueAt' | 'held'> {
  const nowMs = Date.parse(now);
  const suits = suitingFrom(spec, every, nowMs);
  if (suits === nowMs) return {};
  const dueAt = new Date(suits).toISOString();
  return { dueAt, held: `test pages are sent in the day (${spec.timezone})` };
}

/**
 * The first suitable instant from this one on. An interval below a day ignores the time of day; quiet hours apply nevertheless.
 */
function suitingFrom({ timezone, quietHours }: EffectivePerson, every: string, fromMs: number): number {
  const clock = wallClock(timezone, fromMs - 2 * DAY, fromMs + 4 * DAY);
  const quietUntil = (ms: number): number | null => (quietHours ? quietEnd(quietHours, timezone, ms) : null);
  let at = fromMs;
  // Each iteration moves to later the same day or to the next day; quiet hours that fill a whole day are handled below.
  for (let turn = 0; turn < 4; turn++) {
    at = quietUntil(at) ?? at;
    const midnight = Math.floor(clock.wallAt(at) / DAY) * DAY;
    const [opens, closes] = [clock.startAt(midnight + FROM), clock.startAt(midnight + TO)];
    // A person whose quiet hours cover the whole day (working at night) is tested outside them.
    const sleepsUntil = quietUntil(opens);
    const isUp = sleepsUntil !== null && sleepsUntil >= closes;
    if (isUp || durationMs(every) < DAY || (at >= opens && at < closes)) return at;
    at = at < opens ? opens : clock.startAt(midnight + DAY + FROM);
  }
  return at;
}
