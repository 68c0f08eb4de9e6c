/** Page of the mailbox. */
import { Controller, Param } from '@nestjs/common';
import { MailboxStore } from '../../../db/delivery/mailbox-store.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { mailboxPage } from './mailbox-page.js';

const MESSAGES_SHOWN = 100;

@Controller()
export class MailboxController {
  constructor(private readonly mailbox: MailboxStore) {}

  /** A message contains a link that answers for its person: people read their own, admins all. */
  @PageRead('mailbox', { permission: 'mailbox.read', summary: 'The in-app inbox' })
  async showMailbox(@Page() page: PageCall): Promise<void> {
    const { caller } = page;
    const isAdmin = caller.role === 'admin';
    const person = isAdmin ? page.query('person') || null : caller.person;
    const links = caller.kind !== 'key';
    const items =
      isAdmin || person !== null ? await this.mailbox.list(person, MESSAGES_SHOWN, { links }) : [];
    const unread = items.filter(({ readAt }) => readAt === null);
    const read = items.filter(({ readAt }) => readAt !== null);
    const people = isAdmin ? await this.mailbox.people() : [];
    await page.show(mailboxPage(await page.context(), { items: [...unread, ...read], person, people }));
  }

  @PageForm('mailbox/:id/read', { permission: 'mailbox.read', summary: 'Marks a message as read' })
  async markRead(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    const { caller } = page;
    const isAdmin = caller.role === 'admin';
    if (isAdmin || caller.person !== null) await this.mailbox.markRead(id, isAdmin ? null : caller.person);
    const person = page.words('person');
    await page.seeOther(person === null ? '/mailbox' : `/mailbox?person=${encodeURIComponent(person)}`);
  }
}
