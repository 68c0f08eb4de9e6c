/** Reads everything that the on-call page shows. */
import { Injectable } from '@nestjs/common';
import { mayDo } from '../../../domain/access/permissions.js';
import { findCoverageGaps, type CoverageGap } from '../../../domain/oncall/coverage-gaps.js';
import { resolve } from '../../../domain/oncall/resolve-shifts.js';
import { fromInstant, peopleOf, scheduleHistory } from '../../../domain/oncall/revisions.js';
import { type Gap, ScheduleError, type Shift } from '../../../domain/oncall/schedule.js';
import { wallDate } from '../../../domain/oncall/zone-data.js';
import { type CalendarFeed, CalendarService } from '../../../services/oncall/calendar.service.js';
import { MaintenanceService, type MaintenanceWindow } from '../../../services/alert/maintenance.service.js';
import { SilencesService, type SilenceView } from '../../../services/alert/silences.service.js';
import { type OncallItem, OncallService } from '../../../services/oncall/oncall.service.js';
import {
  manages,
  type ScheduleOverride,
  SchedulesService,
  type Swap,
} from '../../../services/oncall/schedules.service.js';
import type { PageContext } from '../page-contexts.js';

export const GRID_DAYS = 14;
/** Days ahead for which cover can be requested on the page. */
const SHIFTS_AHEAD_DAYS = 60;
const MOST_SHIFTS = 60;
const DAY_MS = 86_400_000;

/** A shift that has not ended, with its schedule. */
export interface HeldShift extends Shift {
  schedule: string;
}

export interface ScheduleView {
  name: string;
  team: string;
  timezone: string;
  people: string[];
  items: Shift[];
  gaps: Gap[];
  /** Why the schedule cannot be resolved. */
  error: string | null;
}

export interface OnCallView {
  status: OncallItem[];
  /** Midnights in the reader's zone: `GRID_DAYS` days, and the end of the last. */
  days: string[];
  schedules: ScheduleView[];
  gaps: CoverageGap[];
  /** Shifts from now on: the reader's own, and everybody's. */
  mine: HeldShift[];
  shifts: HeldShift[];
  swaps: Swap[];
  overrides: ScheduleOverride[];
  feeds: CalendarFeed[];
  /** In force: whoever takes over has to know what is muted. */
  silences: SilenceView[];
  windows: MaintenanceWindow[];
  mayWrite: boolean;
  /** Schedules in which the reader may add overrides for anybody. */
  managed: ReadonlySet<string>;
}

@Injectable()
export class OnCallPageLoader {
  constructor(
    private readonly oncall: OncallService,
    private readonly changes: SchedulesService,
    private readonly calendar: CalendarService,
    private readonly silences: SilencesService,
    private readonly maintenance: MaintenanceService,
  ) {}

  async view({ snapshot, viewing, identity }: PageContext): Promise<OnCallView> {
    const { now, you } = viewing;
    const days = midnights(viewing.zone, now);
    const [from, to] = [days[0] ?? now, days.at(-1) ?? now];
    const until = new Date(Date.parse(now) + SHIFTS_AHEAD_DAYS * DAY_MS).toISOString();
    const documents = snapshot.list('Schedule').toSorted((a, b) => a.name.localeCompare(b.name));
    const shifts: HeldShift[] = [];
    const schedules = documents.map(({ name, spec }): ScheduleView => {
      const about = { name, team: spec.team, timezone: spec.timezone };
      try {
        const history = scheduleHistory(snapshot, name) ?? { revisions: [] };
        const { items, gaps } = resolve(history, from, to);
        const ahead = resolve(history, now, until).items;
        shifts.push(...ahead.map((item) => ({ ...item, schedule: name })));
        return { ...about, people: peopleOf(history, now), items, gaps, error: null };
      } catch (error) {
        if (!(error instanceof ScheduleError)) throw error;
        return { ...about, people: [], items: [], gaps: [], error: error.message };
      }
    });
    shifts.sort((a, b) => a.from.localeCompare(b.from) || a.schedule.localeCompare(b.schedule));
    return {
      status: await this.oncall.now({ at: now }),
      days,
      schedules,
      gaps: findCoverageGaps(snapshot, now, new Date(Date.parse(now) + GRID_DAYS * DAY_MS).toISOString()),
      mine: shifts.filter(({ person }) => person === you).slice(0, MOST_SHIFTS),
      shifts,
      swaps: await this.changes.openSwaps(),
      overrides: await this.changes.overridesToCome(),
      silences: await this.silences.inForce(),
      windows: (await this.maintenance.toCome()).filter(({ state }) => state === 'in_force'),
      feeds: await this.calendar.own(identity),
      mayWrite: mayDo(identity.role, 'oncall.write'),
      managed: new Set(documents.filter((one) => manages(identity, snapshot, one)).map(({ name }) => name)),
    };
  }
}

/** Days begin at midnight of the reader's zone, also on the day of a clock change. */
function midnights(zone: string, now: string): string[] {
  const today = Date.parse(`${dayIn(zone, now)}T00:00:00Z`);
  return Array.from({ length: GRID_DAYS + 1 }, (_, index) => {
    const day = new Date(today + index * DAY_MS).toISOString().slice(0, 10);
    return new Date(fromInstant(day, zone)).toISOString();
  });
}

const dayIn = (zone: string, at: string): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: 'UTC',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(wallDate(zone, at));
