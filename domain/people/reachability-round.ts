/** The weekly test: whom, over which contacts, in which round. Pure, so that every replica asks for the same messages. */
import type { ConfigSnapshot } from '../config/specs.js';
import { durationMs } from '../shared/duration.js';
import { effectivePerson } from './effective-person.js';

export interface RoundMessage {
  /** The same for everybody who works it out in this round. */
  key: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
}

/** `onCall`: names, in any order; `now`: ISO 8601. Empty while the organisation has not opted in. */
export function reachabilityRound(
  snapshot: ConfigSnapshot,
  onCall: readonly string[],
  now: string,
): RoundMessage[] {
  const every = snapshot.list('Organisation').find(({ spec }) => spec.reachability !== undefined)?.spec
    .reachability?.every;
  if (every === undefined) return [];
  const round = Math.floor(Date.parse(now) / durationMs(every));
  return [...new Set(onCall)].flatMap((person) => {
    const spec = effectivePerson(snapshot, person);
    if (spec === undefined) return [];
    const named = new Set([...spec.rules.high, ...spec.rules.low].map(({ contact }) => contact));
    // Without rules every contact is used.
    const used = spec.contacts.filter(({ name }) => named.size === 0 || named.has(name));
    return used.map(({ name: contact, channel, address }) => ({
      key: `reachability/${every}/${round}/${person}/${contact}`,
      person,
      contact,
      channel,
      address,
    }));
  });
}
