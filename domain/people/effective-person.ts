/**
 * How a person is reached now: the document, with what the person changed live on top of it (domain.md, Response and
 * escalation; config-kinds.md "contacts: a start; people change them live").
 */
import type { LivePerson } from '../config/live-data.js';
import type { ConfigSnapshot, PersonSpec } from '../config/specs.js';
import type { QuietHours } from './quiet-hours.js';

export interface EffectivePerson extends PersonSpec {
  /** Left out by who has none. */
  quietHours?: QuietHours | null;
}

/** Undefined when there is no such person. Contacts that cannot be used are left out; rules that name them are too. */
export function effectivePerson(snapshot: ConfigSnapshot, name: string): EffectivePerson | undefined {
  const spec = snapshot.get('Person', name)?.spec;
  return spec === undefined ? undefined : withLive(spec, snapshot.live.people.get(name));
}

/** A document, in force or about to be, with what the person changed live. */
export function withLive(spec: PersonSpec, live: LivePerson | undefined): EffectivePerson {
  if (live === undefined) return spec;
  const own = new Set(live.contacts.map((contact) => contact.name));
  const contacts = [...spec.contacts.filter((contact) => !own.has(contact.name)), ...live.contacts].filter(
    (contact) => !live.unusable.includes(contact.name),
  );
  return { ...spec, contacts, rules: live.rules ?? spec.rules, quietHours: live.quietHours };
}

/** What is called dead is an address: a contact that a document gives another one is not. */
export function liveUnder(
  wanted: PersonSpec,
  before: PersonSpec | undefined,
  live: LivePerson | undefined,
): LivePerson | undefined {
  if (live === undefined || live.unusable.length === 0) return live;
  const addressIn = (spec: PersonSpec | undefined, name: string): string | undefined =>
    spec?.contacts.find((contact) => contact.name === name)?.address;
  const isSame = (name: string): boolean => addressIn(wanted, name) === addressIn(before, name);
  return { ...live, unusable: live.unusable.filter(isSame) };
}
