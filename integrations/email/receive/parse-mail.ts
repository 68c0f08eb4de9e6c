/** Parses the parts of a mail that are needed. Output for mail programs only (links, pictures) is not generated. */
import { simpleParser } from 'mailparser';
import type { IncomingMail } from './read-mail.js';

export type ReadMail = Omit<IncomingMail, 'sender' | 'recipients' | 'raw'>;

export async function parseMail(raw: Uint8Array): Promise<ReadMail> {
  const parsed = await simpleParser(Buffer.from(raw), {
    skipImageLinks: true,
    skipTextToHtml: true,
    skipTextLinks: true,
  });
  const references = [parsed.references ?? []].flat();
  return {
    headers: new Map(
      parsed.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
    ),
    authentication: parsed.headerLines.flatMap(({ key, line }) =>
      key === 'authentication-results' ? [line.slice(line.indexOf(':') + 1)] : [],
    ),
    from: (parsed.from?.value ?? []).flatMap(({ address }) => address ?? []),
    answers: [parsed.inReplyTo ?? '', ...references.toReversed()].map(bare).filter((id) => id !== ''),
    messageId: parsed.messageId === undefined ? null : bare(parsed.messageId),
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
  };
}

const bare = (id: string): string => id.replace(/[<>\s]/g, '').slice(0, 250);
