/** What people ask and answer in a chat, whichever it is: a pressed button, `ack INC-42`, `who`, `list`. */
import { sentDelivery } from '../../db/reply-pages.js';
import { peopleAt } from '../../db/reply-people.js';
import type { ReplyResult } from '../../db/reply-door.js';
import type { Store } from '../../db/store.js';
import { listIncidents } from '../../db/views/incident-list.js';
import { mayDo, type Permission } from '../../domain/access/permissions.js';
import type { ReplyIntent } from '../../domain/reply/grammar.js';
import { OncallService } from '../oncall/oncall.service.js';

export type ChatStore = Store;

export interface ChatSender {
  channel: 'slack' | 'telegram';
  /** As the provider vouches for. */
  from: string;
  /** The provider's own id of what was said or pressed. */
  messageId: string;
}

/**
 * The button says which page it stood on, and that one is meant, whoever pressed it: in a shared conversation it may not be the
 * page of whoever pressed.
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

export const noteStranger = (
  { replies }: ChatStore,
  sender: ChatSender,
  text: string,
  answer: string,
): Promise<void> => replies.noteStranger({ ...sender, text }, answer);

export const CHAT_HELP = [
  "`ack` (take it), `escalate`, `resolve` or `no` (can't take it): the page you got last; add `INC-42`, or `all`, or `all checkout-db`",
  '`who` or `who checkout`: who is on call',
  '`list`: what is open',
].join('\n');

const SHOWN = 15;

/**
 * `who [team]`, `list` and `help`, for people that are known here; null when the words are something else. A stranger's go to the
 * reply door like all others: it records them, and answers nothing.
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
  const standing = await new OncallService(store).now(team === undefined ? {} : { team });
  const nameOf = (person: string): string => snapshot.get('Person', person)?.spec.displayName ?? person;
  const lines = standing.map(({ team: of, schedule, person, until }) => {
    const end =
      person === null || until === null ? '' : `, until ${until.slice(0, 16).replace('T', ' ')} UTC`;
    return `${of} / ${schedule}: ${person === null ? 'nobody' : nameOf(person)}${end}`;
  });
  return lines.length === 0 ? 'No schedule says who is on call.' : lines.slice(0, 2 * SHOWN).join('\n');
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
  if (items.length === 0) return 'Nothing is open.';
  const lines = items.map(
    ({ number, priority, title, status, drill }) =>
      `${drill ? 'DRILL ' : ''}[${priority}] ${number} ${title.slice(0, 120)}: ${status}`,
  );
  return [...lines, ...(next === null ? [] : ['… and more.'])].join('\n');
}
