/** Messages of people in a chat, on any chat channel: a pressed button, `ack INC-42`, `who`, `list`. */
import { sentDelivery } from '../../../db/reply/reply-pages.js';
import { peopleAt } from '../../../db/reply/reply-people.js';
import type { ReplyResult } from '../../../db/reply/inbound-replies.js';
import type { Store } from '../../../db/connection/store.js';
import { listIncidents } from '../../../db/incident/incident-list.js';
import { mayDo, type Permission } from '../../../domain/access/permissions.js';
import type { ReplyIntent } from '../../../domain/reply/grammar.js';
import { OncallService } from '../../../services/oncall/oncall.service.js';

export type ChatStore = Store;

export interface ChatSender {
  channel: 'slack' | 'telegram';
  /** The sender's id, as the provider vouches for it. */
  from: string;
  /** The provider's own id of the message or press. */
  messageId: string;
}

/**
 * A button carries the delivery it belongs to, and that page is answered whatever person pressed: in a shared conversation it may
 * be another person's page.
 */
export async function answerButton(
  { dataSource, replies }: ChatStore,
  sender: ChatSender,
  { intent, label, delivery: named }: { intent: ReplyIntent; label: string; delivery: string },
): Promise<ReplyResult> {
  const delivery = await sentDelivery(dataSource, named);
  const incident = delivery?.type === 'page.requested' ? delivery.incident : 'of this message';
  return replies.answer({
    ...sender,
    text: label,
    intent,
    about: { incident, from: delivery?.from ?? null },
  });
}

export const answerWords = ({ replies }: ChatStore, sender: ChatSender, text: string): Promise<ReplyResult> =>
  replies.answer({ ...sender, text });

export const noteUnknownSender = (
  { replies }: ChatStore,
  sender: ChatSender,
  text: string,
  answer: string,
): Promise<void> => replies.noteUnknownSender({ ...sender, text }, answer);

export const CHAT_HELP = [
  "`ack` (take it), `escalate`, `resolve` or `no` (can't take it): your latest page; add `INC-42`, or `all`, or `all checkout-db`",
  '`who` or `who checkout`: who is on call',
  '`list`: open incidents',
].join('\n');

const SHOWN = 15;

/**
 * `who [team]`, `list` and `help`, for known people; null for any other text. Questions of unknown senders go to the reply
 * service like other messages: it records them and sends no answer.
 */
export async function answerQuestion(
  store: ChatStore,
  sender: ChatSender,
  text: string,
): Promise<string | null> {
  const [verb = '', argument, ...rest] = text.trim().toLowerCase().split(/\s+/);
  if (!['who', 'list', 'help', ''].includes(verb) || rest.length > 0) return null;
  const snapshot = await store.snapshots.latest(store.dataSource);
  const roles = peopleAt(snapshot, sender.channel, sender.from).flatMap((name) => {
    const role = snapshot.get('Person', name)?.spec.role;
    return role === undefined ? [] : [role];
  });
  const may = (permission: Permission): boolean => roles.some((role) => mayDo(role, permission));
  if (roles.length === 0) return null;
  if (verb === 'who' && may('oncall.read')) return who(store, argument);
  if (verb === 'list' && may('incidents.read')) return list(store);
  return CHAT_HELP;
}

async function who(store: ChatStore, team: string | undefined): Promise<string> {
  const snapshot = await store.snapshots.latest(store.dataSource);
  if (team !== undefined && snapshot.get('Team', team) === undefined)
    return `There is no team ${team.slice(0, 63)}. Teams: ${names(snapshot.list('Team')) || 'none'}.`;
  const status = await new OncallService(store).now(team === undefined ? {} : { team });
  const nameOf = (person: string): string => snapshot.get('Person', person)?.spec.displayName ?? person;
  const lines = status.map(({ team: of, schedule, person, until }) => {
    const end =
      person === null || until === null ? '' : `, until ${until.slice(0, 16).replace('T', ' ')} UTC`;
    return `${of} / ${schedule}: ${person === null ? 'nobody' : nameOf(person)}${end}`;
  });
  return lines.length === 0 ? 'There is no schedule.' : lines.slice(0, 2 * SHOWN).join('\n');
}

const names = (all: readonly { name: string }[]): string =>
  all
    .slice(0, SHOWN)
    .map(({ name }) => name)
    .join(', ');

async function list({ dataSource }: ChatStore): Promise<string> {
  const { items, next } = await listIncidents(dataSource, {
    status: ['triggered', 'acknowledged'],
    order: 'urgency',
    limit: SHOWN,
  });
  if (items.length === 0) return 'No incident is open.';
  const lines = items.map(
    ({ number, priority, title, status, drill }) =>
      `${drill ? 'DRILL ' : ''}[${priority}] ${number} ${title.slice(0, 120)}: ${status}`,
  );
  return [...lines, ...(next === null ? [] : ['… and more.'])].join('\n');
}
