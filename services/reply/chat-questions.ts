/** Questions of people in a chat: who is on call, which incidents are open. */
import type { DataSource } from 'typeorm';
import type { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { listIncidents } from '../../db/incident/incident-list.js';
import { mayDo, type Permission } from '../../domain/access/permissions.js';
import { roleOf } from '../../domain/people/hand-over.js';
import { peopleAt } from '../../domain/reply/people-at.js';
import type { OncallService } from '../oncall/oncall.service.js';
import { documentTitle } from '../../domain/config/display-names.js';

export interface ChatSender {
  channel: 'slack' | 'telegram';
  /** The sender's id, as the provider vouches for it. */
  from: string;
  /** The provider's own id of the message or press. */
  messageId: string;
}

const CHAT_HELP = [
  "`ack` (take it), `escalate`, `resolve` or `no` (can't take it): your latest page; add `INC-42`, or `all`, or `all checkout-db`",
  '`who` or `who checkout`: who is on call',
  '`list`: open incidents',
].join('\n');

const SHOWN = 15;

export class ChatQuestions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly oncall: OncallService,
  ) {}

  /**
   * `who [team]`, `list` and `help`, for known people; null for any other text. Questions of unknown senders go to the reply
   * service like other messages: it records them and sends no answer.
   */
  async answer({ channel, from }: ChatSender, text: string): Promise<string | null> {
    const [verb = '', argument, ...rest] = text.trim().toLowerCase().split(/\s+/);
    if (!['who', 'list', 'help', ''].includes(verb) || rest.length > 0) return null;
    const snapshot = await this.snapshots.latest(this.dataSource);
    const roles = peopleAt(snapshot, channel, from).flatMap((name) => roleOf(snapshot, name) ?? []);
    const may = (permission: Permission): boolean => roles.some((role) => mayDo(role, permission));
    if (roles.length === 0) return null;
    if (verb === 'who' && may('oncall.read')) return this.who(argument);
    if (verb === 'list' && may('incidents.read')) return this.list();
    return CHAT_HELP;
  }

  private async who(team: string | undefined): Promise<string> {
    const snapshot = await this.snapshots.latest(this.dataSource);
    if (team !== undefined && snapshot.get('Team', team) === undefined)
      return `There is no team ${team.slice(0, 63)}. Teams: ${names(snapshot.list('Team')) || 'none'}.`;
    const status = await this.oncall.now(team === undefined ? {} : { team });
    const nameOf = (person: string): string => snapshot.get('Person', person)?.spec.displayName ?? person;
    const lines = status.map(({ team: of, schedule, person, until }) => {
      const end =
        person === null || until === null ? '' : `, until ${until.slice(0, 16).replace('T', ' ')} UTC`;
      return `${documentTitle(snapshot, 'Team', of)} / ${documentTitle(snapshot, 'Schedule', schedule)}: ${person === null ? 'nobody' : nameOf(person)}${end}`;
    });
    return lines.length === 0 ? 'There is no schedule.' : lines.slice(0, 2 * SHOWN).join('\n');
  }

  private async list(): Promise<string> {
    const { items, next } = await listIncidents(this.dataSource, {
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
}

const names = (all: readonly { name: string }[]): string =>
  all
    .slice(0, SHOWN)
    .map(({ name }) => name)
    .join(', ');
