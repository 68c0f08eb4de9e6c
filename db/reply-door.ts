/**
 * The one way in for answers over channels: texts, pressed buttons, digits, mails. It finds the person by the address that
 * the provider vouches for, the page that is meant, and asks the incident's one door as a link's button does. What was
 * answered is on record with the message's id, so the same message is answered once and always alike.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { type RootKeys, smsCode } from '../config/keys.js';
import { redactText } from '../config/logger.js';
import { mayDo } from '../domain/access/permissions.js';
import type { ConfigSnapshot } from '../domain/config/specs.js';
import type { ChannelName } from '../domain/delivery/channels.js';
import {
  parseReply,
  type ParsedReply,
  REPLY_HELP,
  type ReplyIntent,
  type ReplyTarget,
} from '../domain/reply/grammar.js';
import { pageCommand, type PageStep, wentOnTo } from '../domain/reply/page-command.js';
import { needsCode, splitCode } from '../domain/reply/reply-code.js';
import {
  type AnsweredOne,
  doneText,
  manyText,
  type NameOf,
  standingText,
} from '../domain/reply/reply-text.js';
import { plain } from '../domain/shared/plain-text.js';
import { answerPage } from './answer-page.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { lockIncident } from './incident-row.js';
import type { Recorder } from './record.js';
import {
  allPaged,
  incidentIdsOf,
  latestPaged,
  type MeantPage,
  namedPage,
  textedPages,
  toldIncidents,
  wasPaged,
  wrongCodes,
} from './reply-pages.js';
import { peopleAt } from './reply-people.js';
import { retryingTransaction } from './retrying-transaction.js';
import { StrangerLimit } from './stranger-limit.js';
import { maskAddress } from './views/mask-address.js';

export interface InboundReply {
  channel: ChannelName;
  /** Who it is, as the provider tells it: phone number, member id, chat id, mail address. */
  from: string;
  text: string;
  /** A pressed button or digit; the text is then not read. */
  intent?: ReplyIntent;
  /** What the button stood on: delivery id or ledger key, `INC-42` or an incident's id. */
  about?: { delivery?: string; incident?: string; from?: PageStep | null };
  /** The provider's own id: the same one is answered once. */
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
/** `ack all` answers at most so many; the rest can be asked for again. */
const MOST_AT_ONCE = 50;

export class ReplyDoor {
  private readonly strangers = new StrangerLimit();

  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
    private readonly rootKeys: RootKeys,
  ) {}

  answer(reply: InboundReply): Promise<ReplyResult> {
    return this.once(reply, (tx) => this.decide(tx, reply));
  }

  /** Of words that anybody is answered (`/start` of Telegram): what a stranger says goes on record, as all that strangers say. */
  async noteStranger(reply: InboundReply, answer: string): Promise<void> {
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
      if (answered.outcome !== 'unknown_sender' || this.strangers.mayKeep())
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
    // In one order everywhere, so that two answers to many incidents do not wait for each other.
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
   * A text that ends something names the code of a page that this number was sent, since anybody can send one under another's number.
   * Of a page that a code names, nothing else has to be said.
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
   * Which incidents, and which of the people who share the address. `nothing` is said when there is none. An answer to a message
   * that went to somebody else (forwarded, or sent under a false name) means no incident at all, whatever it says.
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
    // Nobody but the receiving mail server vouches for a sender of mail: what it proves is the one message it answers.
    if (named !== undefined && channel === 'email' && target.kind !== 'latest')
      return this.toldOf(tx, named, target);
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
    // What an approval or a review is about has to be read first.
    if (page !== null && page.type !== 'page.requested')
      return { incidents: [], person: page.person, nothing: 'Open the link in that message to answer it.' };
    return {
      incidents: page === null ? [] : [page.incident],
      person: page?.person ?? null,
      from: page?.from ?? null,
      nothing: 'Nothing is open that you were paged for.',
    };
  }

  /** Of the incidents that one mail told of, those that are meant. */
  private async toldOf(
    tx: EntityManager,
    named: MeantPage,
    target: Exclude<ReplyTarget, { kind: 'latest' }>,
  ): Promise<{ incidents: string[]; person: string | null; nothing: string }> {
    const told = await toldIncidents(tx, named.delivery);
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
    // Who was not paged and may not act is not told whether there is such an incident.
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
      return says(false, `Your role may not resolve ${number}. ${standingText(state, now, nameOf)}`);
    const step = intent === 'escalate' ? wentOnTo(state, from) : null;
    if (step !== null)
      return says(
        false,
        `${number} has gone on to ${stepSaid(step)} already. ${standingText(state, now, nameOf)}`,
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
        return says(false, `${detail}${standingText(state, now, nameOf)}`);
      }
      case 'unchanged':
        return says(
          intent === 'acknowledge',
          `${intent === 'escalate' ? ALREADY_ON(number) : ''}${standingText(state, now, nameOf)}`,
        );
      case 'accepted': {
        // Somebody else was first, and nobody waited for this answer any more: noted, but it changed nothing.
        const changed = outcome.events.some(
          (event) =>
            event.kind !== 'acknowledged' || state.status === 'triggered' || event.data.answered.length > 0,
        );
        const isEscalated = outcome.events.some((event) => event.kind === 'escalated');
        return changed
          ? says(true, doneText(intent, { state: outcome.state, isEscalated }))
          : says(false, standingText(state, now, nameOf));
      }
    }
  }
}

/** Wrong codes an hour, of one person: the chance to find one by trying stays below one in a hundred thousand. */
const WRONG_CODES = 5;
const CODE_WANTED =
  'Add the code of the page: 6 and five letters, as the text about it says. A number can be made up, so this alone is not enough.';
const WRONG_CODE = 'That is not the code of an open page that was sent to this number.';
const CODES_SPENT = 'Too many wrong codes within an hour. Open the link in the page instead.';
const ALREADY_ON = (number: string): string => `${number}: the next step is being paged already. `;

const stepSaid = (step: number): string => (step === 0 ? 'somebody by name' : `step ${step}`);

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
      cleaned(maskAddress(channel, from)).slice(0, 200),
      person,
      cleaned(redactText(text.slice(0, KEPT_CHARACTERS))),
      intent,
      incidents,
      outcome,
      answer,
    ],
  );
}

/** PostgreSQL keeps no NUL in a text. */
const cleaned = (text: string): string => text.replaceAll('\0', '\uFFFD');

const storedId = (id: string): string =>
  /^[\x21-\x7e]{1,250}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
