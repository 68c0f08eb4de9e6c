/** Notices to the owners of a source whose messages were refused: recipients, a quiet contact, and once a day. Pure. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { ContactSpec } from '../people/person-spec.js';
import { CHANNELS, isChannelName } from '../delivery/channel-traits.js';
import { quietEnd } from '../oncall/quiet-end.js';
import { DAY } from '../oncall/wall-clock.js';
import { type EffectivePerson, effectivePerson } from '../people/effective-person.js';
import { durationMs } from '../shared/duration.js';
import { type RefusedMessages, refusedText } from './refused-messages.js';

/** The last notice about a source. */
export interface LastTold {
  id: string;
  /** ISO 8601. */
  at: string;
}

export interface OwnerNotice {
  /** Idempotency key: the same on every replica until one of them has planned the notice. */
  key: string;
  source: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
  title: string;
  text: string;
  dueAt?: string;
  held?: string;
}

export function ownerNotices(
  refused: readonly RefusedMessages[],
  lastTold: ReadonlyMap<string, LastTold>,
  snapshot: ConfigSnapshot,
  now: string,
): OwnerNotice[] {
  return refused.flatMap((one) => {
    const { source, team, newestAt } = one;
    const last = lastTold.get(source);
    // A notice was sent within a day, or no message was refused since.
    if (last !== undefined && (Date.parse(now) - Date.parse(last.at) < DAY || newestAt <= last.at)) return [];
    return ownersOf(snapshot, team).map(({ name, person, contact }): OwnerNotice => ({
      key: `refused/${source}/${name}/after ${last?.id ?? 'none'}`,
      source,
      person: name,
      contact: contact.name,
      channel: contact.channel,
      address: contact.address,
      title: `What the source ${source} sends is refused`,
      text: `${refusedText(one)}.`,
      ...whenOf(person, now),
    }));
  });
}

interface Owner {
  name: string;
  person: EffectivePerson;
  contact: ContactSpec;
}

/** The team's managers, else its members, else the admins: the first of these groups with a reachable person. */
function ownersOf(snapshot: ConfigSnapshot, team: string | null): Owner[] {
  const spec = team === null ? undefined : snapshot.get('Team', team)?.spec;
  const admins = snapshot
    .list('Person')
    .flatMap(({ name, spec: { role } }) => (role === 'admin' ? [name] : []));
  for (const names of [spec?.managers ?? [], spec?.members ?? [], admins]) {
    const owners = [...new Set(names)].flatMap((name): Owner[] => {
      const person = effectivePerson(snapshot, name);
      const contact = person === undefined ? undefined : quietContact(person);
      return person === undefined || contact === undefined ? [] : [{ name, person, contact }];
    });
    if (owners.length > 0) return owners;
  }
  return [];
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

function whenOf({ quietHours, timezone }: EffectivePerson, now: string): Pick<OwnerNotice, 'dueAt' | 'held'> {
  const end = quietHours ? quietEnd(quietHours, timezone, Date.parse(now)) : null;
  return end === null ? {} : { dueAt: new Date(end).toISOString(), held: 'quiet hours' };
}
