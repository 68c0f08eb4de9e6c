/**
 * "Mail me a sign-in link": for whoever has an address here, and the same to see for whoever has not. The look-up runs after
 * the answer has been given, so neither words nor time tell an address that is known from one that is not.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import type { Logger } from '../../config/logger.js';
import type { Store } from '../../db/store.js';
import { SIGN_IN_LINKS_MAILED, SIGN_IN_MINUTES } from '../../domain/people/limits.js';
import { mailboxOwner } from '../../domain/people/mailbox-owner.js';
import { Problem } from '../common/problem.js';
import { CONFIG, LOGGER, STORE } from '../common/tokens.js';

const ASKED_BY = 'sign-in page';
const PER_CLIENT = 10;
const WINDOW_MS = SIGN_IN_MINUTES * 60_000;
/** Clients remembered. Whoever has more addresses than that is not stopped by counting them, and must not stop others. */
const CLIENTS_MOST = 10_000;

@Injectable()
export class MailSignIn {
  private readonly asked = new Map<string, { since: number; times: number }>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(STORE) private readonly store: Store,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get isSetUp(): boolean {
    return this.config.smtpUrl !== null;
  }

  /** Throws for what has nothing to do with the address: no mail here, too often from this client. */
  ask(address: string, client: string): void {
    if (!this.isSetUp)
      throw new Problem(
        409,
        'no_mail',
        'This Tocsin sends no mail (SMTP_URL is not set): ask an admin for a link.',
      );
    if (!this.mayAsk(client))
      throw new Problem(
        429,
        'too_many_requests',
        `Links were asked for ${PER_CLIENT} times from here; wait ${SIGN_IN_MINUTES} minutes.`,
      );
    setImmediate(() => {
      this.send(address).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'a sign-in link could not be sent'),
      );
    });
  }

  private mayAsk(client: string): boolean {
    const now = Date.now();
    // In the order in which their times end.
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
   * A further mailed link ends none before it: a stranger who asks again and again must not take from somebody the one that
   * they were sent. There are few of them at a time, and the first that is used ends the others.
   */
  private async send(typed: string): Promise<void> {
    await this.store.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('sign-in/' || lower($1), 0))`, [typed]);
      const owner = mailboxOwner(await this.store.snapshots.latest(tx), typed);
      if (owner === null) return;
      const { person, contact, address } = owner;
      const rows: { sent: number }[] = await tx.query(
        `SELECT count(*)::int AS sent FROM contact_message WHERE kind = 'sign-in' AND person = $1
            AND created_at > tocsin_now() - $2::int * interval '1 minute'`,
        [person, SIGN_IN_MINUTES],
      );
      if ((rows[0]?.sent ?? 0) >= SIGN_IN_LINKS_MAILED) return;
      await this.store.contactMessages.plan(tx, {
        person,
        contact,
        channel: 'email',
        address,
        askedBy: ASKED_BY,
        code: null,
        signIn: true,
      });
      await tx.query(
        `INSERT INTO audit_entry (at, actor, action, subject, data)
         VALUES (tocsin_now(), 'tocsin', 'link.mail', 'person/' || $1, '{"purpose": "sign-in"}')`,
        [person],
      );
    });
  }
}
