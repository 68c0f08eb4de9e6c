/** The in-app inbox, to which the practice organisation's pages are delivered. */
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { slug } from '../../contracts/config/fields.js';
import { MailboxStore } from '../../db/delivery/mailbox-store.js';
import type { Identity } from '../../services/common/identity.js';
import { wholeNumber } from '../../contracts/api/query.js';
import { forbidden } from '../../services/common/problem.js';
import { Caller, Documented, Permission } from '../../http/route.js';

const MailboxQuery = z.object({ person: slug.optional(), limit: wholeNumber(1, 200).optional() });
type MailboxQuery = z.infer<typeof MailboxQuery>;

const MailboxReply = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      person: z.string(),
      subject: z.string(),
      text: z.string(),
      link: z.string(),
      at: z.string(),
      readAt: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});

@Controller('api/v1/mailbox')
export class MailboxController {
  constructor(private readonly mailbox: MailboxStore) {}

  /**
   * A message contains a link that answers for its person, so people read their own messages and only admins read all. An API key
   * reads messages without the link.
   */
  @Get()
  @Permission('mailbox.read')
  @Documented({ tag: 'Mailbox', summary: 'Messages of the in-app inbox, newest first', reply: MailboxReply })
  async list(@Query({ schema: MailboxQuery }) query: MailboxQuery, @Caller() caller: Identity) {
    const person = query.person ?? (caller.role === 'admin' ? null : caller.person);
    if (caller.role !== 'admin' && (person === null || person !== caller.person)) {
      throw forbidden('You may read only your own mailbox; admins may read all.');
    }
    const links = caller.kind !== 'key';
    return { items: await this.mailbox.list(person, query.limit ?? 50, { links }), next: null };
  }
}
