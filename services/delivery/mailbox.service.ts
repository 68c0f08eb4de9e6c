/** The in-app inbox. A message contains a link that answers for its person: people read their own messages, admins all. */
import { Injectable } from '@nestjs/common';
import { type MailboxItem, MailboxStore } from '../../db/delivery/mailbox-store.js';
import type { Identity } from '../common/identity.js';
import { forbidden } from '../common/problem.js';

export type { MailboxItem } from '../../db/delivery/mailbox-store.js';

export interface Mailbox {
  /** Unread first, then newest first. */
  items: MailboxItem[];
  /** The person whose messages these are; null for all. */
  person: string | null;
}

@Injectable()
export class MailboxService {
  constructor(private readonly mailbox: MailboxStore) {}

  /**
   * `wanted`: the person whose messages are requested; null: all for an admin, the reader's own for others. A key has no messages
   * of its own, and reads others without their links.
   */
  async read(
    { role, person: own, kind }: Identity,
    { wanted, limit }: { wanted: string | null; limit: number },
  ): Promise<Mailbox> {
    const isAdmin = role === 'admin';
    if (!isAdmin && wanted !== null && wanted !== own)
      throw forbidden('You may read only your own mailbox; admins may read all.');
    const person = isAdmin ? wanted : own;
    if (!isAdmin && person === null) return { items: [], person };
    return { items: await this.mailbox.list(person, limit, { links: kind !== 'key' }), person };
  }

  /** People whose messages the reader may choose from; none: only the reader's own. */
  async people({ role }: Identity): Promise<{ person: string; unread: number }[]> {
    return role === 'admin' ? this.mailbox.people() : [];
  }

  async markRead({ role, person }: Identity, id: string): Promise<void> {
    const isAdmin = role === 'admin';
    if (isAdmin || person !== null) await this.mailbox.markRead(id, isAdmin ? null : person);
  }
}
