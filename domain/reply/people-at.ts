/** People with a usable contact at an address of a channel. Pure. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { ChannelName } from '../delivery/channel-traits.js';
import { effectivePerson } from '../people/effective-person.js';
import { contactIdentity } from './contact-identity.js';

/** By name; several when they share a phone. */
export function peopleAt(snapshot: ConfigSnapshot, channel: ChannelName, from: string): string[] {
  const wanted = contactIdentity(channel, from);
  if (wanted === '') return [];
  return snapshot
    .list('Person')
    .filter(({ name }) =>
      effectivePerson(snapshot, name)?.contacts.some(
        (contact) => contact.channel === channel && contactIdentity(channel, contact.address) === wanted,
      ),
    )
    .map(({ name }) => name)
    .toSorted();
}
