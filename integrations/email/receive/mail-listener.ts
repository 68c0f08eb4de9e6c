/**
 * SMTP listener for replies and bounces (`TOCSIN_REPLY_SMTP_PORT`). It accepts mail for its own addresses only, refuses every
 * other recipient before the text is sent, and relays nothing.
 */
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { parseSender } from '../send/address.js';
import { parseRelay } from '../send/relay.js';
import { sendOverSmtp } from '../send/smtp.js';
import type { Config } from '../../../config/environment.js';
import type { Logger } from '../../../shared/logger.js';
import { OverBudget } from '../../../shared/thread.js';
import { readReturnAddress, type ReturnAddress } from './addresses.js';
import { composeAnswer } from './answer-mail.js';
import type { MailReplies } from '../../../services/reply/mail-replies.js';
import { InboundMailHandler } from './inbound-mail-handler.js';
import { MailReader } from './mail-reader.js';
import type { IncomingMail } from './read-mail.js';

export interface MailListener {
  readonly port: number;
  /** Ends when the answers under way have been sent. */
  close(): Promise<void>;
}

/** Replies are short, and mail programs quote the original below; a larger mail (quoted pictures) is refused. */
const MAX_BYTES = 256 * 1024;
const MAX_CLIENTS = 50;
const MAX_RECIPIENTS = 10;
const IDLE_MS = 30_000;
const ANSWER_TIMEOUT_MS = 15_000;

export type MailParts = {
  config: Pick<Config, 'channels' | 'rootKeys' | 'smtpUrl' | 'mailFrom' | 'host'>;
  mail: MailReplies;
  logger: Logger;
};

/** Null when `TOCSIN_REPLY_SMTP_PORT` is not set. Rejects when the port is not available. */
export async function startMailListener({
  config,
  mail: replies,
  logger,
}: MailParts): Promise<MailListener | null> {
  const settings = config.channels.replyMail;
  if (settings === null) return null;
  const { domain } = settings;
  const sender = parseSender(config.mailFrom);
  const relay = config.smtpUrl === null ? null : parseRelay(config.smtpUrl);
  const handler = new InboundMailHandler(replies, logger, settings.vouching);
  const reader = new MailReader();
  const underWay = new Set<Promise<void>>();
  const addressOf = (address: string): ReturnAddress | null =>
    readReturnAddress(config.rootKeys, domain, address);

  const sendBack = async (mail: IncomingMail, answer: { to: string; text: string }): Promise<void> => {
    if (relay === null) return;
    const raw = await composeAnswer(mail, answer, sender);
    const outcome = await sendOverSmtp(
      relay,
      { from: sender.address, to: answer.to },
      raw,
      ANSWER_TIMEOUT_MS,
    );
    // The command is done and recorded; only its confirmation is missing.
    if (outcome.kind !== 'accepted')
      logger.warn({ error: outcome.error }, 'an answer to a mail could not be sent');
  };

  const take = async (
    stream: Readable & { sizeExceeded?: boolean },
    session: SMTPServerSession,
  ): Promise<void> => {
    const raw = await readAll(stream);
    if (raw === null || stream.sizeExceeded === true)
      throw refusal(552, `At most ${MAX_BYTES} bytes are accepted`);
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    const to = recipients.flatMap((address) => addressOf(address) ?? []);
    const { mailFrom } = session.envelope;
    const mail: IncomingMail = {
      ...(await reader.read(raw, to[0]?.key ?? '').catch(unreadable)),
      sender: mailFrom === false ? '' : mailFrom.address,
      recipients,
      raw: raw.toString('utf8'),
    };
    const outcome = await handler.take(mail, to);
    if (outcome.kind === 'refused') throw refusal(550, outcome.reason);
    if (outcome.answer === null) return;
    const sent = sendBack(mail, outcome.answer).catch((error: unknown) =>
      logger.error({ err: error }, 'no answer to a mail'),
    );
    const ending = sent.finally(() => underWay.delete(ending));
    underWay.add(ending);
  };

  const server = new SMTPServer({
    name: domain,
    banner: 'answers only',
    disabledCommands: ['AUTH'],
    authOptional: true,
    logger: false,
    disableReverseLookup: true,
    size: MAX_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: 1_000,
    onRcptTo({ address }, session, callback) {
      if (addressOf(address) === null) callback(refusal(550, 'There is no such mailbox here'));
      else if (session.envelope.rcptTo.length >= MAX_RECIPIENTS)
        callback(refusal(452, 'Too many recipients'));
      else callback();
    },
    onData(stream, session, callback) {
      take(stream, session).then(
        () => callback(),
        (error: unknown) => {
          if (error instanceof Error && 'responseCode' in error) return callback(error);
          logger.error({ err: error }, 'a mail could not be handled; its sender retries');
          return callback(refusal(451, 'Please try again later'));
        },
      );
    },
  });
  server.on('error', (error) => logger.debug({ err: error }, 'a connection of the mail listener failed'));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(settings.port, config.host, resolve);
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  logger.info({ port, domain }, 'replies by mail are received');
  return {
    port,
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(underWay);
      await reader.close();
    },
  };
}

const refusal = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode });

/** Null when the mail is too long; the rest is read and discarded. */
async function readAll(stream: Readable): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MAX_BYTES) chunks.push(bytes);
  }
  return size > MAX_BYTES ? null : Buffer.concat(chunks);
}

/** Refuses a mail over budget for good: a retry would cost the same. With too many mails waiting, the sender retries later. */
function unreadable(error: unknown): never {
  if (error instanceof OverBudget)
    throw refusal(554, 'This mail is too costly to read; answer with plain text');
  throw error;
}
