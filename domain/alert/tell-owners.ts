/** Whom to tell that what a source sends is refused, and over which contact: once a day, by what wakes nobody. Pure. */
import type { ConfigSnapshot, ContactSpec } from '../config/specs.js';
import { CHANNELS, isChannelName } from '../delivery/channels.js';
import { quietEnd } from '../oncall/quiet-end.js';
import { DAY } from '../oncall/wall-clock.js';
import { type EffectivePerson, effectivePerson } from '../people/effective-person.js';
import { durationMs } from '../shared/duration.js';
import { type RefusedMessages, refusedText } from './refused-messages.js';

/** The last message about a source. */
export interface LastTold {
  id: string;
  /** ISO 8601. */
  at: string;
}

export interface OwnerNotice {
  /** The same for every replica that works it out before one of them has sent it. */
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
    // Told within a day, or nothing has come since.
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

/** The team's managers, else its members, else the admins: the first of these of whom anybody can be reached. */
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

/** In the order of their rules for what can wait; one that wakes nobody and costs nothing if there is one. */
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
