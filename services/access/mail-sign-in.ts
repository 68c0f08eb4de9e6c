/**
 * Mails a sign-in link to a known address. The look-up runs after the reply is sent, so neither its text nor its time reveals
 * whether the address is known.
 */
import { ContactMessages } from '../../db/people/contact-messages.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import type { Logger } from '../../shared/logger.js';
import { SIGN_IN_LINKS_MAILED, SIGN_IN_MINUTES } from '../../domain/people/limits.js';
import { mailboxOwner } from '../../domain/people/mailbox-owner.js';
import { Problem } from '../common/problem.js';
import { CONFIG, LOGGER } from '../common/tokens.js';
import { writeAudit } from '../../db/audit/write-audit.js';

const REQUESTED_BY = 'sign-in page';
const PER_CLIENT = 10;
const WINDOW_MS = SIGN_IN_MINUTES * 60_000;
/** Most clients remembered; the oldest is dropped first, so a sender with more addresses than that blocks no other client. */
const CLIENTS_MOST = 10_000;

@Injectable()
export class MailSignIn {
  private readonly asked = new Map<string, { since: number; times: number }>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly contactMessages: ContactMessages,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get isSetUp(): boolean {
    return this.config.smtpUrl !== null;
  }

  /** Throws only for reasons that do not depend on the address: mail is not set up, or this client requested too often. */
  ask(address: string, client: string): void {
    if (!this.isSetUp)
      throw new Problem(
        409,
        'no_mail',
        'This installation sends no mail (SMTP_URL is not set): ask an admin for a sign-in link.',
      );
    if (!this.mayAsk(client))
      throw new Problem(
        429,
        'too_many_requests',
        `${PER_CLIENT} sign-in links were requested from this address; wait ${SIGN_IN_MINUTES} minutes.`,
      );
    setImmediate(() => {
      this.send(address).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'a sign-in link could not be sent'),
      );
    });
  }

  private mayAsk(client: string): boolean {
    const now = Date.now();
    // Entries are in the order in which their windows end.
    for (const [one, { since }] of this.asked) {
      if (now - since <= WINDOW_MS && (this.asked.size < CLIENTS_MOST || this.asked.has(client))) break;
      this.asked.delete(one);
    }
    const known = this.asked.get(client) ?? { since: now, times: 0 };
    if (known.times >= PER_CLIENT) return false;
    this.asked.set(client, { ...known, times: known.times + 1 });
    return true;
  }

  /**
   * A further mailed link does not end earlier ones: an unknown sender who keeps requesting must not invalidate a link that a
   * person was sent. Few links are valid at a time, and the first one used ends the others.
   */
  private async send(typed: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('sign-in/' || lower($1), 0))`, [typed]);
      const owner = mailboxOwner(await this.snapshots.latest(tx), typed);
      if (owner === null) return;
      const { person, contact, address } = owner;
      const rows: { sent: number }[] = await tx.query(
        `SELECT count(*)::int AS sent FROM contact_message WHERE kind = 'sign-in' AND person = $1
            AND created_at > tocsin_now() - $2::int * interval '1 minute'`,
        [person, SIGN_IN_MINUTES],
      );
      if ((rows[0]?.sent ?? 0) >= SIGN_IN_LINKS_MAILED) return;
      await this.contactMessages.plan(tx, {
        person,
        contact,
        channel: 'email',
        address,
        requestedBy: REQUESTED_BY,
        code: null,
        signIn: true,
      });
      await writeAudit(tx, {
        actor: 'tocsin',
        action: 'link.mail',
        subject: `person/${person}`,
        data: { purpose: 'sign-in' },
      });
    });
  }
}
