/**
 * The in-app inbox (channel `mailbox`): messages that the practice organisation's people would have got on their
 * phones.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { MailboxPort } from '../../ports/delivery.js';
import type { RootKeys } from '../../shared/keys.js';
import { withoutLinks, withoutTokens, withTokens } from './mailbox-links.js';

export interface MailboxItem {
  id: string;
  person: string;
  /** `page.requested`, `approval.requested`, `review.requested` or `notice.sent`. */
  type: string;
  subject: string;
  text: string;
  link: string;
  at: string;
  readAt: string | null;
}

export class MailboxStore implements MailboxPort {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rootKeys: RootKeys,
  ) {}

  /** A repeat of the same ledger key is the same message. Links are stored without their tokens. */
  async put(entry: Parameters<MailboxPort['put']>[0]): Promise<void> {
    const { texts, keys } = await withoutTokens(this.dataSource.manager, this.rootKeys, [
      entry.subject,
      entry.text,
      entry.link,
    ]);
    await this.dataSource.query(
      `INSERT INTO mailbox_message (id, key, person, subject, body, link, message, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, tocsin_now()) ON CONFLICT (key) DO NOTHING`,
      [
        randomUUID(),
        entry.idempotencyKey,
        entry.person,
        ...texts,
        JSON.stringify({ type: entry.message.type, links: keys }),
      ],
    );
  }

  /** Unread first, then newest first; of one person, or of all (null). `links`: with the links that answer for the person; never for an API key. */
  async list(person: string | null, limit: number, { links }: { links: boolean }): Promise<MailboxItem[]> {
    const rows: (Omit<MailboxItem, 'at' | 'readAt'> & { keys: string[]; at: Date; read_at: Date | null })[] =
      await this.dataSource.query(
        `SELECT id, person, coalesce(message->>'type', 'notice.sent') AS type, subject, body AS text, link,
                coalesce(message->'links', '[]') AS keys, at, read_at FROM mailbox_message
        WHERE ($1::text IS NULL OR person = $1) ORDER BY read_at IS NOT NULL, at DESC, id DESC LIMIT $2`,
        [person, limit],
      );
    return rows.map(({ at, read_at, keys, ...row }) => ({
      ...row,
      subject: links ? withTokens(this.rootKeys, row.subject, keys) : withoutLinks(row.subject),
      text: links ? withTokens(this.rootKeys, row.text, keys) : withoutLinks(row.text),
      link: links ? withTokens(this.rootKeys, row.link, keys) : withoutLinks(row.link),
      at: at.toISOString(),
      readAt: read_at?.toISOString() ?? null,
    }));
  }

  /** People with messages, and the number of unread ones. */
  async people(): Promise<{ person: string; unread: number }[]> {
    return this.dataSource.query(
      `SELECT person, (count(*) FILTER (WHERE read_at IS NULL))::int AS unread FROM mailbox_message GROUP BY person ORDER BY person`,
    );
  }

  /** Marks a message as read; no effect on another person's message (`person` null: any person). */
  async markRead(id: string, person: string | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE mailbox_message SET read_at = tocsin_now()
        WHERE id::text = $1 AND ($2::text IS NULL OR person = $2) AND read_at IS NULL`,
      [id, person],
    );
  }
}
