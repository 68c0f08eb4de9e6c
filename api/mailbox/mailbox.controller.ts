/** The in-app inbox, to which the practice organisation's pages are delivered. */
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { slug } from '../../contracts/config/fields.js';
import type { Identity } from '../../services/common/identity.js';
import { wholeNumber } from '../../contracts/api/query.js';
import { MailboxService } from '../../services/delivery/mailbox.service.js';
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
  constructor(private readonly mailbox: MailboxService) {}

  @Get()
  @Permission('mailbox.read')
  @Documented({
    tag: 'Mailbox',
    summary: 'Messages of the in-app inbox: unread first, then newest first',
    reply: MailboxReply,
  })
  async list(@Query({ schema: MailboxQuery }) query: MailboxQuery, @Caller() caller: Identity) {
    const { items } = await this.mailbox.read(caller, {
      wanted: query.person ?? null,
      limit: query.limit ?? 50,
    });
    return { items, next: null };
  }
}
