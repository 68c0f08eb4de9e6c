/**
 * Which incidents a reply means, and which of the people who share the address sent it. A reply to a message sent to somebody else
 * (forwarded, or under a forged sender) means no incident, whatever it says.
 */
import type { EntityManager } from 'typeorm';
import {
  allPaged,
  incidentIdsOf,
  incidentsInMessage,
  latestPaged,
  type MeantPage,
  namedPage,
  type SentDelivery,
  wasPaged,
} from '../../db/reply/reply-pages.js';
import type { ChannelName } from '../../domain/delivery/channel-traits.js';
import { isNamedBy, type ReplyTarget } from '../../domain/reply/grammar.js';
import type { PageStep } from '../../domain/reply/page-command.js';
import {
  noneOpen,
  NOT_SENT_HERE,
  NOTHING_OPEN,
  notYours,
  onlyItsMail,
  OPEN_THE_LINK,
} from '../../domain/reply/refusal-text.js';

/** Limit of incidents per `ack all`; the person can repeat the command for the rest. */
const MOST_AT_ONCE = 50;

/** Subject of a pressed button: delivery id or ledger key, `INC-42` or an incident id. */
export interface ReplySubject {
  delivery?: string;
  incident?: string;
  /** The message of a button that any person in its conversation may press. */
  message?: SentDelivery | null;
}

/** The message that was answered; `newestOver`: none is named, so the newest one over this channel; null: one to another person. */
export type AnsweredMessage = { delivery: string } | { newestOver: ChannelName } | null;

export interface Meant {
  incidents: string[];
  person: string | null;
  /** The step that sent the answered page. */
  from?: PageStep | null;
  answered: AnsweredMessage;
  /** The answer when no incident is meant. */
  nothing: string;
}

const none = (nothing: string, person: string | null = null): Meant => ({
  incidents: [],
  person,
  answered: null,
  nothing,
});

export async function meantIncidents(
  tx: EntityManager,
  {
    channel,
    from,
    about,
    target,
    atAddress,
  }: {
    channel: ChannelName;
    from: string;
    about: ReplySubject | undefined;
    target: ReplyTarget;
    atAddress: string[];
  },
): Promise<Meant> {
  const named =
    about?.delivery === undefined
      ? undefined
      : await namedPage(tx, atAddress, { channel, from }, about.delivery);
  if (named === null) return none(NOT_SENT_HERE);
  const people = named === undefined ? atAddress : [named.person];
  // Only the receiving mail server vouches for a sender of mail: the reply proves no more than the one message it answers.
  if (named !== undefined && channel === 'email' && target.kind !== 'latest')
    return amongItsMail(tx, named, target);
  if (target.kind === 'all') {
    const found = await allPaged(tx, people, target.service, MOST_AT_ONCE);
    return { ...found, answered: { newestOver: channel }, nothing: noneOpen(target.service) };
  }
  const number = target.kind === 'incident' ? target.number : about?.incident;
  if (number !== undefined) {
    const incidents = await incidentIdsOf(tx, number);
    const paged = incidents[0] === undefined ? null : await wasPaged(tx, people, incidents[0]);
    const person = paged ?? people[0] ?? null;
    const found = { incidents, person, nothing: notYours(number) };
    const message = target.kind === 'incident' ? null : (about?.message ?? null);
    if (message === null) return { ...found, answered: { newestOver: channel } };
    const answered = message.person === person ? { delivery: message.id } : null;
    return { ...found, answered, from: message.from };
  }
  const page = named ?? (await latestPaged(tx, people, channel));
  if (page === null) return none(NOTHING_OPEN);
  if (page.type !== 'page.requested') return none(OPEN_THE_LINK, page.person);
  return {
    incidents: [page.incident],
    person: page.person,
    from: page.from,
    // The page that is meant may have gone over another channel than its answer.
    answered: page.channel === channel ? { delivery: page.delivery } : { newestOver: channel },
    nothing: NOTHING_OPEN,
  };
}

/** The incidents meant, among those that the mail named. */
async function amongItsMail(
  tx: EntityManager,
  { delivery, person }: MeantPage,
  target: Exclude<ReplyTarget, { kind: 'latest' }>,
): Promise<Meant> {
  const told = await incidentsInMessage(tx, delivery);
  return {
    incidents: told.filter((incident) => isNamedBy(target, incident)).map(({ id }) => id),
    person,
    answered: { delivery },
    nothing: onlyItsMail(told.map(({ number }) => number)),
  };
}
