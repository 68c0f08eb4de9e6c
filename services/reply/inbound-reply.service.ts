/**
 * Replies over channels: SMS, chat buttons, phone digits, mail. Finds the person by the address that the provider vouches for and
 * the incidents that are meant, and answers each like a link page does. A repeated message gets the answer of the first.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { lockIncident } from '../../db/incident/incident-row.js';
import {
  type InboxResult,
  type MessageAnswer,
  type ReceivedMessage,
  ReplyInbox,
} from '../../db/reply/reply-inbox.js';
import { wasPaged } from '../../db/reply/reply-pages.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { roleOf } from '../../domain/people/hand-over.js';
import { parseReply, type ParsedReply, REPLY_HELP, type ReplyIntent } from '../../domain/reply/grammar.js';
import { mayPress } from '../../domain/reply/may-press.js';
import { outcomeText } from '../../domain/reply/outcome-text.js';
import { bareForm } from '../../domain/reply/page-form.js';
import { peopleAt } from '../../domain/reply/people-at.js';
import { notYours } from '../../domain/reply/refusal-text.js';
import type { SmsProof } from '../../domain/reply/sms-proof.js';
import { splitCode } from '../../domain/reply/reply-code.js';
import { type AnsweredOne, manyText } from '../../domain/reply/reply-text.js';
import type { RootKeys } from '../../shared/keys.js';
import type { AnswerService, ReplyVia } from './answer.service.js';
import { meantIncidents, type ReplySubject } from './meant-incidents.js';
import { smsProof } from './sms-proof.js';

/** `from`: the sender as identified by the provider: phone number, member id, chat id, mail address. */
export interface InboundReply extends ReceivedMessage {
  /** Pressed button or digit; `text` is ignored then. */
  intent?: ReplyIntent;
  about?: ReplySubject;
}

export type ReplyResult =
  | { kind: 'done' | 'refused' | 'repeated' | 'not_understood'; text: string; incident: string | null }
  | { kind: 'unknown_sender' };

export interface ReplyParts {
  dataSource: DataSource;
  snapshots: ConfigSnapshots;
  rootKeys: RootKeys;
  answers: AnswerService;
}

export class InboundReplies {
  private readonly inbox: ReplyInbox;

  constructor(private readonly parts: ReplyParts) {
    this.inbox = new ReplyInbox(parts.dataSource);
  }

  async answer(reply: InboundReply): Promise<ReplyResult> {
    return resultOf(await this.inbox.once(reply, (tx) => this.decide(tx, reply)));
  }

  /**
   * Stores a message that anyone may send and gets answered (`/start` of Telegram), within the rate limit for unknown senders.
   */
  async noteUnknownSender(message: ReceivedMessage, answer: string): Promise<void> {
    const snapshot = await this.parts.snapshots.latest(this.parts.dataSource);
    if (peopleAt(snapshot, message.channel, message.from).length > 0) return;
    await this.inbox.once(message, () =>
      Promise.resolve({ ...nothingDone('unknown_sender', answer), person: null, intent: null }),
    );
  }

  private async decide(tx: EntityManager, reply: InboundReply): Promise<MessageAnswer> {
    const { channel, from, about } = reply;
    const snapshot = await this.parts.snapshots.latest(tx);
    const people = peopleAt(snapshot, channel, from);
    const { parsed, code } = readReply(reply);
    const intent = parsed?.intent ?? null;
    const [person = null] = people;
    if (person === null) return { ...nothingDone('unknown_sender', null), person, intent };
    if (parsed === null)
      return { ...nothingDone('not_understood', `Not understood. ${REPLY_HELP}`), person, intent };
    const proof: SmsProof =
      channel === 'sms'
        ? await smsProof(tx, this.parts.rootKeys, { from, parsed, code, people })
        : { kind: 'enough' };
    if (proof.kind === 'refused') return { ...nothingDone('refused', proof.text), person, intent };
    const meant = await meantIncidents(tx, {
      channel,
      from,
      about: proof.number === undefined ? about : { incident: proof.number },
      target: parsed.target,
      atAddress: people,
    });
    const sender = meant.person ?? person;
    if (meant.incidents.length === 0)
      return { ...nothingDone('refused', meant.nothing), person: sender, intent };
    const done: AnsweredOne[] = [];
    // Sorted, so that two replies about many incidents do not deadlock.
    for (const id of meant.incidents.toSorted())
      done.push(
        await this.answerOne(tx, id, snapshot, {
          person: sender,
          intent: parsed.intent,
          via: { answered: meant.answered, from: meant.from ?? null },
        }),
      );
    return {
      outcome: done.some((one) => one.isDone) ? 'done' : 'refused',
      text: done.length === 1 ? (done[0]?.text ?? '') : manyText(parsed.intent, done),
      person: sender,
      intent,
      incidents: done.map((one) => one.number),
    };
  }

  private async answerOne(
    tx: EntityManager,
    incidentId: string,
    snapshot: ConfigSnapshot,
    { person: name, intent, via }: OneAnswer,
  ): Promise<AnsweredOne> {
    const locked = await lockIncident(tx, incidentId);
    const isKnown =
      mayPress(roleOf(snapshot, name), 'note') || (await wasPaged(tx, [name], incidentId)) !== null;
    // A person who was not paged and may not respond must not learn whether the incident exists.
    const unknown = { isDone: false, text: notYours(locked?.state.number ?? 'INC') };
    if (locked === null || !isKnown) return { ...unknown, number: locked?.state.number ?? '' };
    const displayName = snapshot.get('Person', name)?.spec.displayName ?? name;
    const outcome = await this.parts.answers.answer(tx, locked, {
      person: { name, displayName },
      form: bareForm(intent),
      seen: null,
      via,
    });
    // A bare word names no other person and shows no state.
    if (outcome.kind === 'not_found' || outcome.kind === 'cannot_have_it' || outcome.kind === 'changed')
      return { ...unknown, number: locked.state.number };
    return outcomeText(intent, outcome, {
      before: locked.state,
      now: locked.now,
      nameOf: (one) => (one === name ? 'you' : (snapshot.get('Person', one)?.spec.displayName ?? one)),
    });
  }
}

interface OneAnswer {
  person: string;
  intent: ReplyIntent;
  via: ReplyVia;
}

/** The words of a text, or the pressed button, which is about its page. */
function readReply({ channel, text, intent }: InboundReply): {
  parsed: ParsedReply | null;
  code: string | null;
} {
  const said = channel === 'sms' ? splitCode(text) : { text, code: null };
  return {
    code: said.code,
    parsed: intent === undefined ? parseReply(said.text) : { intent, target: { kind: 'latest' } },
  };
}

const nothingDone = (
  outcome: MessageAnswer['outcome'],
  text: string | null,
): Pick<MessageAnswer, 'outcome' | 'text' | 'incidents'> => ({ outcome, text, incidents: [] });

function resultOf({ kind, answer: { outcome, text, incidents } }: InboxResult): ReplyResult {
  if (outcome === 'unknown_sender') return { kind: 'unknown_sender' };
  return { kind: kind === 'repeated' ? kind : outcome, text: text ?? '', incident: incidents[0] ?? null };
}
