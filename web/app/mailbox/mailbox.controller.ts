/** Page of the mailbox. */
import { Controller, Param } from '@nestjs/common';
import { MailboxService } from '../../../services/delivery/mailbox.service.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { mailboxPage } from './mailbox-page.js';

const MESSAGES_SHOWN = 100;

@Controller()
export class MailboxController {
  constructor(private readonly mailbox: MailboxService) {}

  @PageRead('mailbox', { permission: 'mailbox.read', summary: 'The in-app inbox' })
  async showMailbox(@Page() page: PageCall): Promise<void> {
    const wanted = page.query('person') || null;
    const shown = await this.mailbox.read(page.caller, { wanted, limit: MESSAGES_SHOWN });
    const people = await this.mailbox.people(page.caller);
    await page.show(mailboxPage(await page.context(), { ...shown, people }));
  }

  @PageForm('mailbox/:id/read', { permission: 'mailbox.read', summary: 'Marks a message as read' })
  async markRead(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    await this.mailbox.markRead(page.caller, id);
    const person = page.words('person');
    await page.seeOther(person === null ? '/mailbox' : `/mailbox?person=${encodeURIComponent(person)}`);
  }
}
