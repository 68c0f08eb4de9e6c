import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { ChannelName } from '../../domain/delivery/channels.js';
import { effectivePerson } from '../../domain/people/effective-person.js';
import { contactIdentity } from '../../domain/reply/contact-identity.js';

/** People with a usable contact at this address of this channel, by name; several when they share a phone. */
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
