/**
 * The one way in for replies over channels: SMS, chat buttons, phone digits, mail. Finds the person by the address
 * that the provider vouches for and the page that is meant, and records the command like a link page does. The answer
 * is stored with the message's id, so that a repeated message gets the same answer.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { type RootKeys, smsCode } from '../../shared/keys.js';
import { redactText } from '../../shared/redact.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { ChannelName } from '../../domain/delivery/channels.js';
import {
  parseReply,
  type ParsedReply,
  REPLY_HELP,
  type ReplyIntent,
  type ReplyTarget,
} from '../../domain/reply/grammar.js';
import { pageCommand, type PageStep, wentOnTo } from '../../domain/reply/page-command.js';
import { needsCode, splitCode } from '../../domain/reply/reply-code.js';
import {
  type AnsweredOne,
  doneText,
  manyText,
  type NameOf,
  statusText,
} from '../../domain/reply/reply-text.js';
import { plain } from '../../domain/shared/plain-text.js';
import { answerPage } from './answer-page.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { lockIncident } from '../incident/incident-row.js';
import type { Recorder } from '../incident/record.js';
import {
  allPaged,
  incidentIdsOf,
  latestPaged,
  type MeantPage,
  namedPage,
  textedPages,
  incidentsInMessage,
  wasPaged,
  wrongCodes,
} from './reply-pages.js';
import { peopleAt } from './reply-people.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { UnknownSenderLimit } from '../alert/unknown-sender-limit.js';
import { maskAddress } from '../../domain/people/mask-address.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';

export interface InboundReply {
  channel: ChannelName;
  /** Sender as identified by the provider: phone number, member id, chat id, mail address. */
  from: string;
  text: string;
  /** Pressed button or digit; `text` is ignored then. */
  intent?: ReplyIntent;
  /** Subject of the pressed button: delivery id or ledger key, `INC-42` or an incident id. */
  about?: { delivery?: string; incident?: string; from?: PageStep | null };
  /** The provider's message id; each id is answered once. */
  messageId: string;
}

export type ReplyResult =
  | { kind: 'done' | 'refused' | 'repeated' | 'not_understood'; text: string; incident: string | null }
  | { kind: 'unknown_sender' };

interface Answered {
  outcome: 'done' | 'refused' | 'not_understood' | 'unknown_sender';
  text: string | null;
  person: string | null;
  intent: ReplyIntent | null;
  incidents: string[];
}

interface Acting {
  name: string;
  displayName: string;
  mayRespond: boolean;
}

const KEPT_CHARACTERS = 500;
/** Limit of incidents per `ack all`; the person can repeat the command for the rest. */
const MOST_AT_ONCE = 50;

export class InboundReplies {
  private readonly unknownSenders = new UnknownSenderLimit();

  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
    private readonly rootKeys: RootKeys,
  ) {}

  answer(reply: InboundReply): Promise<ReplyResult> {
    return this.once(reply, (tx) => this.decide(tx, reply));
  }

  /**
   * Stores a message that anyone may send and gets answered (`/start` of Telegram), within the rate limit for unknown
   * senders.
   */
  async noteUnknownSender(reply: InboundReply, answer: string): Promise<void> {
    const snapshot = await this.snapshots.latest(this.dataSource);
    if (peopleAt(snapshot, reply.channel, reply.from).length > 0) return;
    await this.once(reply, () =>
      Promise.resolve({
        outcome: 'unknown_sender',
        text: answer,
        person: null,
        intent: null,
        incidents: [],
      }),
    );
  }

  private async once(
    reply: InboundReply,
    decide: (tx: EntityManager) => Promise<Answered>,
  ): Promise<ReplyResult> {
    const messageId = storedId(reply.messageId);
    return retryingTransaction(this.dataSource, async (tx) => {
      // A second copy of the message waits here until the first one has been answered.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('reply/' || $1 || '/' || $2, 0))`, [
        reply.channel,
        messageId,
      ]);
      const earlier = await answeredBefore(tx, reply.channel, messageId);
      if (earlier !== null) return earlier;
      const answered = await decide(tx);
      if (answered.outcome !== 'unknown_sender' || this.unknownSenders.mayKeep())
        await keep(tx, reply, messageId, answered);
      if (answered.outcome === 'unknown_sender') return { kind: 'unknown_sender' };
      const [incident = null] = answered.incidents;
      return { kind: answered.outcome, text: answered.text ?? '', incident };
    });
  }

  private async decide(tx: EntityManager, reply: InboundReply): Promise<Answered> {
    const snapshot = await this.snapshots.latest(tx);
    const said = reply.channel === 'sms' ? splitCode(reply.text) : { text: reply.text, code: null };
    const parsed: ParsedReply | null =
      reply.intent === undefined
        ? parseReply(said.text)
        : { intent: reply.intent, target: { kind: 'latest' } };
    const people = peopleAt(snapshot, reply.channel, reply.from);
    const none = { intent: parsed?.intent ?? null, incidents: [] };
    if (people.length === 0) return { ...none, outcome: 'unknown_sender', text: null, person: null };
    if (parsed === null)
      return {
        ...none,
        outcome: 'not_understood',
        text: `Not understood. ${REPLY_HELP}`,
        person: people[0] ?? null,
      };
    const proof = await this.proofOf(tx, reply, parsed, said.code, people);
    if (proof.kind === 'refused')
      return { ...none, outcome: 'refused', text: proof.text, person: people[0] ?? null };
    const meant = await this.meant(tx, { ...reply, about: proof.about ?? reply.about }, parsed, people);
    const person = meant.person ?? people[0] ?? '';
    if (meant.incidents.length === 0) return { ...none, outcome: 'refused', text: meant.nothing, person };
    const done: AnsweredOne[] = [];
    // Sorted, so that two replies about many incidents do not deadlock.
    for (const id of meant.incidents.toSorted())
      done.push(
        await this.act(
          tx,
          id,
          actingAs(snapshot, person),
          parsed.intent,
          { ...reply, from: meant.from ?? null },
          snapshot,
        ),
      );
    const isDone = done.some((one) => one.isDone);
    const text = done.length === 1 ? (done[0]?.text ?? '') : manyText(parsed.intent, done);
    return {
      outcome: isDone ? 'done' : 'refused',
      text,
      person,
      intent: parsed.intent,
      incidents: done.map((one) => one.number),
    };
  }

  /**
   * A sender's number can be forged, so a text that ends something must contain the code of a page sent to that
   * number. A code names its page; no incident number is needed with it.
   */
  private async proofOf(
    tx: EntityManager,
    { channel, from }: InboundReply,
    parsed: ParsedReply,
    code: string | null,
    people: string[],
  ): Promise<{ kind: 'enough'; about?: InboundReply['about'] } | { kind: 'refused'; text: string }> {
    if (channel !== 'sms' || (code === null && !needsCode(parsed))) return { kind: 'enough' };
    if (code === null) return { kind: 'refused', text: CODE_WANTED };
    if ((await wrongCodes(tx, people)) >= WRONG_CODES) return { kind: 'refused', text: CODES_SPENT };
    const pages = await textedPages(tx, people, from);
    const page = pages.find(
      ({ key, isOpen }) =>
        (isOpen || parsed.target.kind !== 'all') && this.rootKeys.some((root) => smsCode(root, key) === code),
    );
    if (page === undefined) return { kind: 'refused', text: WRONG_CODE };
    if (parsed.target.kind === 'incident' && parsed.target.number !== page.number)
      return { kind: 'refused', text: `That code is of ${page.number}, not of ${parsed.target.number}.` };
    return {
      kind: 'enough',
      ...(parsed.target.kind === 'latest' ? { about: { incident: page.number } } : {}),
    };
  }

  /**
   * Finds the incidents meant, and which of the people who share the address. `nothing`: the answer when there is
   * none. A reply to a message sent to somebody else (forwarded, or under a forged sender) matches no incident,
   * whatever it says.
   */
  private async meant(
    tx: EntityManager,
    { channel, from, about }: InboundReply,
    { target }: ParsedReply,
    atAddress: string[],
  ): Promise<{ incidents: string[]; person: string | null; nothing: string; from?: PageStep | null }> {
    const named =
      about?.delivery === undefined
        ? undefined
        : await namedPage(tx, atAddress, { channel, from }, about.delivery);
    if (named === null) return { incidents: [], person: null, nothing: NOT_SENT_HERE };
    const people = named === undefined ? atAddress : [named.person];
    // Only the receiving mail server vouches for a sender of mail: the reply proves no more than the one message it
    // answers.
    if (named !== undefined && channel === 'email' && target.kind !== 'latest')
      return this.noticeRecipient(tx, named, target);
    if (target.kind === 'all') {
      const found = await allPaged(tx, people, target.service, MOST_AT_ONCE);
      const of = target.service === null ? '' : ` of ${target.service}`;
      return { ...found, nothing: `No open incident${of} that you were paged for.` };
    }
    const number = target.kind === 'incident' ? target.number : about?.incident;
    if (number !== undefined) {
      const incidents = await incidentIdsOf(tx, number);
      const person = incidents[0] === undefined ? null : await wasPaged(tx, people, incidents[0]);
      return {
        incidents,
        person: person ?? people[0] ?? null,
        nothing: notYours(number.slice(0, 40)),
        ...(target.kind === 'incident' ? {} : { from: about?.from ?? null }),
      };
    }
    const page = named ?? (await latestPaged(tx, people, channel));
    // An approval or a review must be read before it is answered.
    if (page !== null && page.type !== 'page.requested')
      return { incidents: [], person: page.person, nothing: 'Open the link in that message to answer it.' };
    return {
      incidents: page === null ? [] : [page.incident],
      person: page?.person ?? null,
      from: page?.from ?? null,
      nothing: 'Nothing is open that you were paged for.',
    };
  }

  /** The incidents meant, among those that the mail named. */
  private async noticeRecipient(
    tx: EntityManager,
    named: MeantPage,
    target: Exclude<ReplyTarget, { kind: 'latest' }>,
  ): Promise<{ incidents: string[]; person: string | null; nothing: string }> {
    const told = await incidentsInMessage(tx, named.delivery);
    const incidents = told.filter(({ number, service }) =>
      target.kind === 'incident'
        ? number === target.number
        : target.service === null || service === target.service,
    );
    const nothing = `An answer by mail counts for what its mail was about: ${told.map(({ number }) => number).join(', ')}.`;
    return { incidents: incidents.map(({ id }) => id), person: named.person, nothing };
  }

  private async act(
    tx: EntityManager,
    incidentId: string,
    person: Acting,
    intent: ReplyIntent,
    { channel, from }: Pick<InboundReply, 'channel'> & { from: PageStep | null },
    snapshot: ConfigSnapshot,
  ): Promise<AnsweredOne> {
    const locked = await lockIncident(tx, incidentId);
    const isPaged = (await wasPaged(tx, [person.name], incidentId)) !== null;
    // A person who was not paged and may not respond must not learn whether the incident exists.
    if (locked === null || (!isPaged && !person.mayRespond))
      return {
        isDone: false,
        text: notYours(locked?.state.number ?? 'INC'),
        number: locked?.state.number ?? '',
      };
    const { state, now } = locked;
    const { number } = state;
    const nameOf: NameOf = (name) =>
      name === person.name ? 'you' : (snapshot.get('Person', name)?.spec.displayName ?? name);
    const prefix = state.drill === null ? '' : 'DRILL: ';
    const says = (isDone: boolean, text: string): AnsweredOne => ({
      isDone,
      text: prefix + plain(text),
      number,
    });
    if (intent === 'resolve' && !person.mayRespond)
      return says(false, `Your role may not resolve ${number}. ${statusText(state, now, nameOf)}`);
    const step = intent === 'escalate' ? wentOnTo(state, from) : null;
    if (step !== null)
      return says(
        false,
        `${number} has gone on to ${stepReply(step)} already. ${statusText(state, now, nameOf)}`,
      );
    const outcome = await answerPage(tx, this.recorder, locked, {
      person: person.name,
      command: pageCommand(state, person, intent, null),
      comment: null,
      via: { channel },
    });
    switch (outcome.kind) {
      case 'not_found':
        return says(false, notYours(number));
      case 'refused': {
        const detail =
          outcome.code === 'nobody_left' || outcome.code === 'merged' ? `${outcome.detail}. ` : '';
        return says(false, `${detail}${statusText(state, now, nameOf)}`);
      }
      case 'unchanged':
        return says(
          intent === 'acknowledge',
          `${intent === 'escalate' ? ALREADY_ON(number) : ''}${statusText(state, now, nameOf)}`,
        );
      case 'accepted': {
        // Another person was first and no step waited for this answer: it is recorded, but changed nothing.
        const changed = outcome.events.some(
          (event) =>
            event.kind !== 'acknowledged' || state.status === 'triggered' || event.data.answered.length > 0,
        );
        const isEscalated = outcome.events.some((event) => event.kind === 'escalated');
        return changed
          ? says(true, doneText(intent, { state: outcome.state, isEscalated }))
          : says(false, statusText(state, now, nameOf));
      }
    }
  }
}

/** Wrong codes per person and hour: the chance to guess a code stays below one in a hundred thousand. */
const WRONG_CODES = 5;
const CODE_WANTED =
  'Add the code of the page: 6 and five letters, as the text about it says. A number can be made up, so this alone is not enough.';
const WRONG_CODE = 'That is not the code of an open page that was sent to this number.';
const CODES_SPENT = 'Too many wrong codes within an hour. Open the link in the page instead.';
const ALREADY_ON = (number: string): string => `${number}: the next step is being paged already. `;

const stepReply = (step: number): string => (step === 0 ? 'somebody by name' : `step ${step}`);

const NOT_SENT_HERE =
  'That message was not sent to this address. Answer a page of your own, or open the incident in Tocsin.';

const notYours = (named: string): string => `There is no incident ${named} that you may answer.`;

function actingAs(snapshot: ConfigSnapshot, name: string): Acting {
  const spec = snapshot.get('Person', name)?.spec;
  return {
    name,
    displayName: spec?.displayName ?? name,
    mayRespond: spec !== undefined && mayDo(spec.role, 'incidents.respond'),
  };
}

async function answeredBefore(
  tx: EntityManager,
  channel: string,
  messageId: string,
): Promise<ReplyResult | null> {
  const rows: { outcome: string; answer: string | null; incidents: string[] }[] = await tx.query(
    'SELECT outcome, answer, incidents FROM inbound_reply WHERE channel = $1 AND message_id = $2',
    [channel, messageId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  if (row.outcome === 'unknown_sender') return { kind: 'unknown_sender' };
  return { kind: 'repeated', text: row.answer ?? '', incident: row.incidents[0] ?? null };
}

async function keep(
  tx: EntityManager,
  { channel, from, text }: InboundReply,
  messageId: string,
  { outcome, text: answer, person, intent, incidents }: Answered,
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
      jsonbSafeText(redactText(text.slice(0, KEPT_CHARACTERS))),
      intent,
      incidents,
      outcome,
      answer,
    ],
  );
}

/** PostgreSQL stores no NUL in text. */
const storedId = (id: string): string =>
  /^[\x21-\x7e]{1,250}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
