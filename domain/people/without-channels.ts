/** A snapshot without the contacts whose channel has no account in this installation. Pure. */
import type { LivePerson } from '../config/live-data.js';
import type { ConfigSnapshot } from '../config/specs.js';
import { effectivePerson } from './effective-person.js';

export interface Unsendable {
  person: string;
  contact: string;
  channel: string;
  reason: string;
}

export function withoutChannels(
  snapshot: ConfigSnapshot,
  missing: ReadonlyMap<string, string>,
): { snapshot: ConfigSnapshot; unsendable: Unsendable[] } {
  const people = new Map(snapshot.live.people);
  const unsendable: Unsendable[] = [];
  for (const { name } of snapshot.list('Person')) {
    const lost = (effectivePerson(snapshot, name)?.contacts ?? []).filter(({ channel }) =>
      missing.has(channel),
    );
    if (lost.length === 0) continue;
    const live: LivePerson | undefined = snapshot.live.people.get(name);
    people.set(name, {
      contacts: live?.contacts ?? [],
      rules: live?.rules ?? null,
      quietHours: live?.quietHours ?? null,
      unusable: [...(live?.unusable ?? []), ...lost.map((contact) => contact.name)],
    });
    for (const { name: contact, channel } of lost)
      unsendable.push({ person: name, contact, channel, reason: missing.get(channel) ?? '' });
  }
  return { snapshot: { ...snapshot, live: { ...snapshot.live, people } }, unsendable };
}
