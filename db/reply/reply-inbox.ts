/** Inbox of replies over channels: each message of a provider is answered once, and its answer is kept with it. */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { ChannelName } from '../../domain/delivery/channel-traits.js';
import type { ReplyIntent } from '../../domain/reply/grammar.js';
import { maskAddress } from '../../domain/people/mask-address.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import { redactedStart } from '../../shared/redact.js';
import { UnknownSenderLimit } from '../alert/unknown-sender-limit.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';

/** A message as its provider delivered it. */
export interface ReceivedMessage {
  channel: ChannelName;
  from: string;
  text: string;
  /** The provider's id of it. */
  messageId: string;
}

/** Interpretation of the message, and its answer. */
export interface MessageAnswer {
  outcome: 'done' | 'refused' | 'not_understood' | 'unknown_sender';
  text: string | null;
  person: string | null;
  intent: ReplyIntent | null;
  /** Numbers of the incidents concerned. */
  incidents: string[];
}

export type InboxResult =
  | { kind: 'new'; answer: MessageAnswer }
  | { kind: 'repeated'; answer: Omit<MessageAnswer, 'person' | 'intent'> };

const KEPT_CHARACTERS = 500;

export class ReplyInbox {
  private readonly unknownSenders = new UnknownSenderLimit();

  constructor(private readonly dataSource: DataSource) {}

  /** In one transaction: answers the message and stores the answer, or finds the answer that it was given before. */
  once(
    message: ReceivedMessage,
    answer: (tx: EntityManager) => Promise<MessageAnswer>,
  ): Promise<InboxResult> {
    const messageId = storedId(message.messageId);
    return retryingTransaction(this.dataSource, async (tx) => {
      // A second copy of the message waits here until the first one has been answered.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('reply/' || $1 || '/' || $2, 0))`, [
        message.channel,
        messageId,
      ]);
      const earlier = await earlierAnswer(tx, message.channel, messageId);
      if (earlier !== null) return { kind: 'repeated', answer: earlier };
      const given = await answer(tx);
      if (given.outcome !== 'unknown_sender' || this.unknownSenders.mayKeep())
        await keep(tx, message, messageId, given);
      return { kind: 'new', answer: given };
    });
  }
}

async function earlierAnswer(
  tx: EntityManager,
  channel: string,
  messageId: string,
): Promise<Pick<MessageAnswer, 'outcome' | 'text' | 'incidents'> | null> {
  const rows: Pick<MessageAnswer, 'outcome' | 'text' | 'incidents'>[] = await tx.query(
    'SELECT outcome, answer AS text, incidents FROM inbound_reply WHERE channel = $1 AND message_id = $2',
    [channel, messageId],
  );
  return rows[0] ?? null;
}

async function keep(
  tx: EntityManager,
  { channel, from, text }: ReceivedMessage,
  messageId: string,
  { outcome, text: answer, person, intent, incidents }: MessageAnswer,
): Promise<void> {
  await tx.query(
    `INSERT INTO inbound_reply (id, at, channel, message_id, sender, person, body, intent, incidents, outcome, answer)
     VALUES ($1, tocsin_now(), $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      randomUUID(),
      channel,
      messageId,
      jsonbSafeText(maskAddress(channel, from)).slice(0, 200),
      person,
      jsonbSafeText(redactedStart(text, KEPT_CHARACTERS)),
      intent,
      incidents,
      outcome,
      answer,
    ],
  );
}

const storedId = (id: string): string =>
  /^[\x21-\x7e]{1,250}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
