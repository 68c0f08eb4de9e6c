/** The in-app inbox. A message contains a link that answers for its person: people read their own messages, admins all. */
import { Injectable } from '@nestjs/common';
import { type MailboxItem, MailboxStore } from '../../db/delivery/mailbox-store.js';
import type { Identity } from '../common/identity.js';

export type { MailboxItem } from '../../db/delivery/mailbox-store.js';

const MESSAGES_SHOWN = 100;

export interface Mailbox {
  /** Unread first, then newest first. */
  items: MailboxItem[];
  /** The person whose messages these are; null for all. */
  person: string | null;
  /** People whose messages the reader may see; empty: only the reader's own. */
  people: { person: string; unread: number }[];
}

@Injectable()
export class MailboxService {
  constructor(private readonly mailbox: MailboxStore) {}

  /** `wanted`: the person an admin asks for. A key, which is nobody, reads messages without their links. */
  async read({ role, person: own, kind }: Identity, wanted: string | null): Promise<Mailbox> {
    const isAdmin = role === 'admin';
    const person = isAdmin ? wanted : own;
    const items =
      isAdmin || person !== null
        ? await this.mailbox.list(person, MESSAGES_SHOWN, { links: kind !== 'key' })
        : [];
    return {
      items: [
        ...items.filter(({ readAt }) => readAt === null),
        ...items.filter(({ readAt }) => readAt !== null),
      ],
      person,
      people: isAdmin ? await this.mailbox.people() : [],
    };
  }

  async markRead({ role, person }: Identity, id: string): Promise<void> {
    const isAdmin = role === 'admin';
    if (isAdmin || person !== null) await this.mailbox.markRead(id, isAdmin ? null : person);
  }
}
