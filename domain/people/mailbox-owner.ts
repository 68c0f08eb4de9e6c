/** Finds the owner of an email address: the one in a person's document, or a contact in use. */
import type { ConfigSnapshot } from '../config/specs.js';
import { effectivePerson } from './effective-person.js';

export interface MailboxOwner {
  person: string;
  contact: string;
  /** As configured, not as entered. */
  address: string;
}

/** Null: no owner, or several, among whom a choice would be a guess. */
export function mailboxOwner(snapshot: ConfigSnapshot, typed: string): MailboxOwner | null {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return null;
  const people = snapshot.list('Person');
  const named = people.filter(({ spec }) => spec.email.toLowerCase() === wanted);
  const [only] = named;
  if (only !== undefined && named.length === 1)
    return { person: only.name, contact: 'email', address: only.spec.email };
  const owners = people.flatMap(({ name, spec }) => {
    const contact = (effectivePerson(snapshot, name) ?? spec).contacts.find(
      ({ channel, address }) => channel === 'email' && address.toLowerCase() === wanted,
    );
    return contact === undefined ? [] : [{ person: name, contact: contact.name, address: contact.address }];
  });
  const [owner] = owners;
  return owner !== undefined && owners.length === 1 && named.length === 0 ? owner : null;
}
