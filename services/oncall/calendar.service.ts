/** Creates, lists, revokes and reads calendar links. */
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import type { FeedBody } from '../../contracts/api/on-call-changes.js';
import { type CalendarFeed, CalendarFeeds } from '../../db/oncall/calendar-feeds.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { type CalendarEntry, calendarEntries } from '../../domain/oncall/calendar-events.js';
import { scheduleHistory } from '../../domain/oncall/revisions.js';
import { ScheduleError } from '../../domain/oncall/schedule.js';
import type { Identity } from '../common/identity.js';
import { forbidden, invalid, notFound } from '../common/problem.js';
import { CONFIG } from '../common/tokens.js';
import { calendarBody } from './calendar-body.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { displayNamesIn, documentTitle } from '../../domain/config/display-names.js';

export type { CalendarFeed } from '../../db/oncall/calendar-feeds.js';

@Injectable()
export class CalendarService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    @Inject(CONFIG) private readonly config: Config,
    private readonly feeds: CalendarFeeds,
  ) {}

  /** A link of a schedule or of oneself for everybody who may read on-call data; of another person for managers. */
  async create({ person, schedule }: FeedBody, identity: Identity): Promise<CalendarFeed & { url: string }> {
    const snapshot = await this.snapshot();
    const [kind, name] =
      schedule === undefined ? (['Person', person ?? ''] as const) : (['Schedule', schedule] as const);
    if (snapshot.get(kind, name) === undefined) {
      const path = kind.toLowerCase();
      throw invalid(`There is no ${path} ${name}.`, [{ path, message: `there is no ${path} "${name}"` }]);
    }
    if (kind === 'Person' && name !== identity.person && !mayDo(identity.role, 'oncall.manage'))
      throw forbidden(
        `Only ${name} or a manager may create a calendar link of ${name}; yours is {"person": "${identity.person ?? '…'}"}.`,
      );
    const subject = kind === 'Person' ? { person: name } : { schedule: name };
    const { feed, token } = await this.feeds.create(subject, identity.person, identity.actor);
    return { ...feed, url: `${this.config.publicUrl}/ical/${token}.ics` };
  }

  /** The caller's own links; managers see all. Addresses are not stored. */
  list(identity: Identity): Promise<CalendarFeed[]> {
    if (mayDo(identity.role, 'oncall.manage')) return this.feeds.list(null);
    return identity.person === null ? Promise.resolve([]) : this.feeds.list(identity.person);
  }

  /** The caller's own links, also of a manager. */
  async own({ person }: Identity): Promise<CalendarFeed[]> {
    return person === null ? [] : this.feeds.list(person);
  }

  async revoke(id: string, identity: Identity): Promise<void> {
    const isManager = mayDo(identity.role, 'oncall.manage');
    const isDone =
      (isManager || identity.person !== null) &&
      (await this.feeds.revoke(id, isManager ? null : identity.person, identity.actor));
    if (!isDone) throw notFound(`You have no calendar link ${id.slice(0, 64)}.`);
  }

  /** The calendar's text; 404 for an unknown token. */
  async read(token: string): Promise<string> {
    const feed = await this.feeds.open(token);
    if (feed === null) throw notFound('There is no such calendar link, or it was revoked.');
    const snapshot = await this.snapshot();
    const now = await databaseTime(this.dataSource);
    const { person, schedule } = feed;
    const names = snapshot.list('Schedule').map(({ name }) => name);
    const entries = names
      .filter((name) => schedule === null || name === schedule)
      .toSorted()
      .flatMap((name) => entriesOf(snapshot, name, now))
      .filter((entry) => person === null || entry.person === person);
    return calendarBody({
      title: `On call: ${schedule !== null ? documentTitle(snapshot, 'Schedule', schedule) : (snapshot.get('Person', person ?? '')?.spec.displayName ?? person ?? '')}`,
      entries,
      changes: await this.feeds.changes(),
      names: displayNamesIn(snapshot),
      publicUrl: this.config.publicUrl,
    });
  }

  private snapshot(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }
}

/** One broken schedule must not empty a person's calendar. */
function entriesOf(snapshot: ConfigSnapshot, name: string, now: string): CalendarEntry[] {
  const history = scheduleHistory(snapshot, name);
  try {
    return history === undefined ? [] : calendarEntries(name, history, now);
  } catch (error) {
    if (error instanceof ScheduleError) return [];
    throw error;
  }
}
