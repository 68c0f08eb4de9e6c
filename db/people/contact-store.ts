/** People's own contacts: add, verify by a code, remove, test. */
import { randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { codeHash } from '../../shared/keys.js';
import { seal } from '../../shared/sealed.js';
import type { ChannelName } from '../../domain/delivery/channel-traits.js';
import type { Actor } from '../../domain/incident/state.js';
import { type Refused, refuse } from '../../domain/oncall/decide-override.js';
import { effectivePerson } from '../../domain/people/effective-person.js';
import { CODE_MINUTES, CODE_TRIES, MAX_CONTACTS } from '../../domain/people/limits.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import type { ContactMessages } from './contact-messages.js';
import { markContactReached } from './contact-status.js';
import { type LiveChange, liveChange } from '../config/live-change.js';
import { overBudget } from './message-budget.js';

export interface NewContact {
  name: string;
  channel: ChannelName;
  address: string;
  secret: string | null;
}

/** `leftOut`: contacts that were sent nothing while others were. */
export type ContactOutcome =
  { kind: 'accepted'; leftOut?: { contact: string; reason: string }[] } | Refused | { kind: 'not_found' };

interface OwnContact {
  id: string;
  name: string;
  channel: string;
  address: string;
  verified_at: Date | null;
}

const ACCEPTED: ContactOutcome = { kind: 'accepted' };

export class ContactStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly messages: ContactMessages,
    private readonly secretKey: Buffer,
  ) {}

  /** Adds an unverified contact: only its code is sent there until the code is entered. */
  add(person: string, { name, channel, address, secret }: NewContact, actor: Actor): Promise<ContactOutcome> {
    return this.change(person, async (change) => {
      const { tx, now } = change;
      const own: { name: string; address: string; channel: string }[] = await tx.query(
        'SELECT name, address, channel FROM contact WHERE person = $1 AND removed_at IS NULL',
        [person],
      );
      if (own.some((one) => one.name === name))
        return refuse(
          'contact_exists',
          `There is a contact "${name}" already; remove it first, or choose another name.`,
        );
      if (own.length >= MAX_CONTACTS)
        return refuse('too_many_contacts', `${MAX_CONTACTS} contacts are the most; remove one first.`);
      const contact: OwnContact = { id: randomUUID(), name, channel, address, verified_at: null };
      const tooMany = await overBudget(change, person, contact, 'code');
      if (tooMany !== null) return tooMany;
      await tx.query(
        `INSERT INTO contact (id, person, name, channel, address, secret, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          contact.id,
          person,
          name,
          channel,
          address,
          secret === null ? null : seal(this.secretKey, `${person}/${name}`, secret),
          actor,
          now,
        ],
      );
      await this.sendNewCode(tx, person, contact, actor);
      await change.changed('contact.add', actor, { contact: name, channel });
      return ACCEPTED;
    });
  }

  sendCode(person: string, name: string, actor: Actor): Promise<ContactOutcome> {
    return this.change(person, async (change) => {
      const contact = await ownContact(change.tx, person, name);
      if (contact === null) return { kind: 'not_found' };
      if (contact.verified_at !== null)
        return refuse('already_verified', `"${name}" is verified; send a test page instead.`);
      const tooMany = await overBudget(change, person, contact, 'code');
      if (tooMany !== null) return tooMany;
      await this.sendNewCode(change.tx, person, contact, actor);
      return ACCEPTED;
    });
  }

  /**
   * Counts every try before comparing, in one statement under the row's lock, so that simultaneous tries are counted
   * one by one; a wrong fifth try voids the code.
   */
  verify(person: string, name: string, code: string, actor: Actor): Promise<ContactOutcome> {
    return this.change(person, async (change): Promise<ContactOutcome> => {
      const { tx } = change;
      const contact = await ownContact(tx, person, name);
      if (contact === null) return { kind: 'not_found' };
      if (contact.verified_at !== null) return refuse('already_verified', `"${name}" is verified already.`);
      const rows: { id: string; code_hash: Buffer; tries: number }[] = await tx.query(
        `WITH newest AS (SELECT id FROM contact_check WHERE contact_id = $1 ORDER BY created_at DESC, id LIMIT 1),
         tried AS (
           UPDATE contact_check c SET tries = c.tries + 1 FROM newest
            WHERE c.id = newest.id AND c.tries < $2 AND c.used_at IS NULL AND c.burnt_at IS NULL AND c.expires_at > tocsin_now()
           RETURNING c.id, c.code_hash, c.tries)
         SELECT * FROM tried`,
        [contact.id, CODE_TRIES],
      );
      const check = rows[0];
      if (check === undefined)
        return refuse(
          'code_ended',
          'This code is over: it was tried too often, or is too old. Ask for a new one.',
        );
      if (!timingSafeEqual(check.code_hash, codeHash(this.secretKey, check.id, code))) {
        const left = CODE_TRIES - check.tries;
        if (left === 0)
          await tx.query('UPDATE contact_check SET burnt_at = tocsin_now() WHERE id = $1', [check.id]);
        return refuse(
          'wrong_code',
          left === 0
            ? 'This is not the code, and it was the last try. Ask for a new one.'
            : `This is not the code. ${left} ${left === 1 ? 'try is' : 'tries are'} left.`,
        );
      }
      await tx.query('UPDATE contact_check SET used_at = tocsin_now() WHERE id = $1', [check.id]);
      await tx.query('UPDATE contact SET verified_at = tocsin_now() WHERE id = $1', [contact.id]);
      await markContactReached(tx, { person, contact: name, address: contact.address });
      await change.changed('contact.verify', actor, { contact: name, channel: contact.channel });
      return ACCEPTED;
    });
  }

  remove(person: string, name: string, actor: Actor): Promise<ContactOutcome> {
    return this.change(person, async (change) => {
      const { tx, spec } = change;
      const contact = await ownContact(tx, person, name);
      if (contact === null)
        return spec.contacts.some((one) => one.name === name)
          ? refuse(
              'in_document',
              `"${name}" is in the Person document ${person}; it is changed there, with the configuration.`,
            )
          : { kind: 'not_found' };
      await tx.query('UPDATE contact SET removed_at = tocsin_now(), secret = NULL WHERE id = $1', [
        contact.id,
      ]);
      await tx.query(
        `UPDATE contact_message SET state = 'failed', code = NULL, due_at = NULL, error = 'the contact was removed'
          WHERE person = $1 AND contact = $2 AND state = 'planned'`,
        [person, name],
      );
      await change.changed('contact.remove', actor, { contact: name, channel: contact.channel });
      return ACCEPTED;
    });
  }

  /**
   * Sends a test page to one contact, or to all usable ones. A contact marked dead may be tested: that is how it
   * becomes usable again. Refused only when nothing was sent.
   */
  testPage(person: string, name: string | null, actor: Actor): Promise<ContactOutcome> {
    return this.change(person, async (change) => {
      const { tx, snapshot, spec } = change;
      const usable = effectivePerson(snapshot, person)?.contacts ?? [];
      const all = [...usable, ...(await verifiedOf(tx, person)), ...spec.contacts];
      const found = name === null ? usable : all.filter((contact) => contact.name === name).slice(0, 1);
      if (name !== null && found.length === 0) {
        return (await ownContact(tx, person, name)) === null
          ? { kind: 'not_found' }
          : refuse('unverified', `"${name}" is not verified yet: enter its code first.`);
      }
      if (found.length === 0)
        return refuse('no_contact', 'There is no contact that a page could go to; add one first.');
      const sent: string[] = [];
      const refused: { contact: string; refusal: Refused }[] = [];
      for (const { name: contact, channel, address } of found) {
        const refusal = await overBudget(change, person, { name: contact, address }, 'test');
        if (refusal !== null) {
          refused.push({ contact, refusal });
          continue;
        }
        await this.messages.plan(tx, { person, contact, channel, address, requestedBy: actor, code: null });
        sent.push(contact);
      }
      const [first] = refused;
      if (sent.length === 0 && first !== undefined) return first.refusal;
      await change.changed('contact.test', actor, { contacts: sent });
      if (first === undefined) return ACCEPTED;
      const leftOut = refused.map(({ contact, refusal }) => ({ contact, reason: refusal.detail }));
      return { kind: 'accepted', leftOut };
    });
  }

  private async change(
    person: string,
    work: (change: LiveChange<'Person'>) => Promise<ContactOutcome>,
  ): Promise<ContactOutcome> {
    return (
      (await liveChange(this.dataSource, this.snapshots, { kind: 'Person', name: person }, work)) ?? {
        kind: 'not_found',
      }
    );
  }

  private async sendNewCode(
    tx: EntityManager,
    person: string,
    { id, name, channel, address }: OwnContact,
    actor: Actor,
  ): Promise<void> {
    const check = randomUUID();
    const code = String(randomInt(0, 1_000_000)).padStart(6, '0');
    await tx.query(
      `INSERT INTO contact_check (id, contact_id, code_hash, created_at, expires_at)
       VALUES ($1, $2, $3, tocsin_now(), tocsin_now() + $4::int * interval '1 minute')`,
      [check, id, codeHash(this.secretKey, check, code), CODE_MINUTES],
    );
    await tx.query(
      `UPDATE contact_message SET state = 'failed', code = NULL, due_at = NULL, error = 'replaced by a newer code'
        WHERE person = $1 AND contact = $2 AND kind = 'code' AND state = 'planned'`,
      [person, name],
    );
    await this.messages.plan(tx, { person, contact: name, channel, address, requestedBy: actor, code });
  }
}

async function ownContact(tx: EntityManager, person: string, name: string): Promise<OwnContact | null> {
  const rows: OwnContact[] = await tx.query(
    `SELECT id, name, channel, address, verified_at FROM contact
      WHERE person = $1 AND name = $2 AND removed_at IS NULL FOR UPDATE`,
    [person, name],
  );
  return rows[0] ?? null;
}

const verifiedOf = (
  tx: EntityManager,
  person: string,
): Promise<{ name: string; channel: string; address: string }[]> =>
  tx.query(
    `SELECT name, channel, address FROM contact WHERE person = $1 AND removed_at IS NULL AND verified_at IS NOT NULL`,
    [person],
  );
