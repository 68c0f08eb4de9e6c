/**
 * A person's effective contacts and rules: the document with the person's live changes on top (docs/people.md;
 * docs/domain.md, Response and escalation). Documents only provide the first contacts and rules.
 */
import type { LivePerson } from '../config/live-data.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { PersonSpec } from './person-spec.js';
import type { QuietHours } from './quiet-hours.js';

export interface EffectivePerson extends PersonSpec {
  /** Null or omitted: no quiet hours. */
  quietHours?: QuietHours | null;
}

/** Undefined when there is no such person. Unusable contacts are left out; so are rules that name them. */
export function effectivePerson(snapshot: ConfigSnapshot, name: string): EffectivePerson | undefined {
  const spec = snapshot.get('Person', name)?.spec;
  return spec === undefined ? undefined : withLive(spec, snapshot.live.people.get(name));
}

/** A document, in force or about to be, with the person's live changes. */
export function withLive(spec: PersonSpec, live: LivePerson | undefined): EffectivePerson {
  if (live === undefined) return spec;
  const own = new Set(live.contacts.map((contact) => contact.name));
  const contacts = [...spec.contacts.filter((contact) => !own.has(contact.name)), ...live.contacts].filter(
    (contact) => !live.unusable.includes(contact.name),
  );
  return { ...spec, contacts, rules: live.rules ?? spec.rules, quietHours: live.quietHours };
}

/** Addresses are dead, not contact names: a contact that gets another address in a document is usable again. */
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
