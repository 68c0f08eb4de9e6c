/** Whom a notice about something that a team or a person owns is sent to, over which contact, and when. Pure. */
import type { ConfigSnapshot } from '../config/specs.js';
import { CHANNELS, isChannelName } from '../delivery/channel-traits.js';
import { quietEnd } from '../oncall/quiet-end.js';
import { durationMs } from '../shared/duration.js';
import { type EffectivePerson, effectivePerson } from './effective-person.js';
import type { ContactSpec } from './person-spec.js';

export interface Owner {
  name: string;
  person: EffectivePerson;
  contact: ContactSpec;
}

/** The team's managers, else its members, else the admins: the first of these groups with a reachable person. */
export function ownersOf(snapshot: ConfigSnapshot, team: string | null): Owner[] {
  const spec = team === null ? undefined : snapshot.get('Team', team)?.spec;
  const admins = snapshot
    .list('Person')
    .flatMap(({ name, spec: { role } }) => (role === 'admin' ? [name] : []));
  for (const names of [spec?.managers ?? [], spec?.members ?? [], admins]) {
    const owners = [...new Set(names)].flatMap((name) => ownerOf(snapshot, name) ?? []);
    if (owners.length > 0) return owners;
  }
  return [];
}

/** Null when the person is gone or has no contact. */
export function ownerOf(snapshot: ConfigSnapshot, name: string): Owner | null {
  const person = effectivePerson(snapshot, name);
  const contact = person === undefined ? undefined : quietContact(person);
  return person === undefined || contact === undefined ? null : { name, person, contact };
}

/** The first contact, in the order of the person's low-urgency rules, that does not wake them; else the first of all. */
function quietContact({ contacts, rules }: EffectivePerson): ContactSpec | undefined {
  const order = rules.low
    .toSorted((a, b) => durationMs(a.after) - durationMs(b.after))
    .map(({ contact }) => contact);
  const rank = ({ name }: ContactSpec): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const byRule = contacts.toSorted((a, b) => rank(a) - rank(b));
  return byRule.find(({ channel }) => isChannelName(channel) && !CHANNELS[channel].wakes) ?? byRule[0];
}

/** A notice waits for the end of the quiet hours. */
export function noticeTime(
  { quietHours, timezone }: EffectivePerson,
  now: string,
): { dueAt?: string; held?: string } {
  const end = quietHours ? quietEnd(quietHours, timezone, Date.parse(now)) : null;
  return end === null ? {} : { dueAt: new Date(end).toISOString(), held: 'quiet hours' };
}
