/**
 * How a person is reached now: the document, with what the person changed live on top of it (domain.md, Response and
 * escalation; config-kinds.md "contacts: a start; people change them live").
 */
import type { ConfigSnapshot, PersonSpec } from '../config/specs.js';
import type { QuietHours } from './quiet-hours.js';

export interface EffectivePerson extends PersonSpec {
  /** Left out by who has none. */
  quietHours?: QuietHours | null;
}

/** Undefined when there is no such person. Contacts that cannot be used are left out; rules that name them are too. */
export function effectivePerson(snapshot: ConfigSnapshot, name: string): EffectivePerson | undefined {
  const spec = snapshot.get('Person', name)?.spec;
  const live = snapshot.live.people.get(name);
  if (spec === undefined || live === undefined) return spec;
  const own = new Set(live.contacts.map((contact) => contact.name));
  const contacts = [...spec.contacts.filter((contact) => !own.has(contact.name)), ...live.contacts].filter(
    (contact) => !live.unusable.includes(contact.name),
  );
  return { ...spec, contacts, rules: live.rules ?? spec.rules, quietHours: live.quietHours };
}
