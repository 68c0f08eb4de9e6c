/** Tokens of links that the mailbox kept in clear are taken out; such a message is read, and answered on the incident's page. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const TOKEN = `'/(l|reach|setup)/[A-Za-z0-9_-]{16,}', '/\\1/', 'g'`;

export class MailboxTokens1765400000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE mailbox_message SET subject = regexp_replace(subject, ${TOKEN}), body = regexp_replace(body, ${TOKEN}),
         link = CASE WHEN link !~ '/(l|reach|setup)/[A-Za-z0-9_-]{16,}' THEN link WHEN message->>'type' LIKE 'contact.%' THEN '/mailbox'
                     ELSE coalesce(message->'links'->>'incident', '/mailbox') END,
         message = jsonb_build_object('type', message->'type', 'links', '[]'::jsonb)
        WHERE message ? 'incident'`,
    );
  }

  /** What was taken out is derived by nobody: there is no way back to it. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
