/**
 * Finds open work that depends on documents about to be deleted or changed: incidents of a person who leaves, the person's
 * shifts, a policy or service that an incident pages by. Warnings in a plan; deleting a single document is refused. Pure.
 */
import { mayAnswer } from '../access/permissions.js';
import { resolve } from '../oncall/resolve-shifts.js';
import { scheduleHistory } from '../oncall/revisions.js';
import { ScheduleError } from '../oncall/schedule.js';
import { DAY, instantMs, isoOf } from '../oncall/wall-clock.js';
import { truncateList } from '../shared/truncate-list.js';
import type { PlannedChange } from './plan-changes.js';
import type { Problem } from './referring.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from './specs.js';
import type { PolicyTarget } from '../escalation/policy-spec.js';
import type { PersonSpec } from '../people/person-spec.js';

/** An incident that is not closed yet, reduced to its references to documents. */
export interface OpenWork {
  number: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  service: string | null;
  plan: string | null;
  acknowledgedBy: string | null;
  commander: string | null;
  /** The people that the current steps wait for, by escalation. */
  paged: string[][];
  /** The policies that escalate it, with the policies they call, as frozen when the incident opened. */
  policies: { name: string; notify: PolicyTarget[] }[];
  /** People whose text or review is pending in its post-mortem. */
  reviewers: string[];
  /** Sources of its open alerts, one entry per alert. */
  sources: string[];
}

export interface InUse {
  changes: readonly Pick<PlannedChange, 'action' | 'kind' | 'name'>[];
  /** The documents as they would be after the change. */
  wanted: readonly Pick<ConfigDocument, 'kind' | 'name' | 'spec'>[];
  before: ConfigSnapshot;
  open: readonly OpenWork[];
  /** ISO 8601. */
  now: string;
}

const SHIFTS_AHEAD_DAYS = 14;

export function inUseProblems({ changes, wanted, before, open, now }: InUse): Problem[] {
  return changes.flatMap(({ action, kind, name }): Problem[] => {
    if (action !== 'delete' && action !== 'update') return [];
    const warn = (path: string, parts: readonly string[]): Problem[] =>
      parts.length === 0 ? [] : [{ severity: 'warning', kind, name, path, message: truncateList(parts) }];
    if (kind !== 'Person') return warn('', usedBy(kind, { name, isGone: action === 'delete', open, before }));
    const spec = wanted.find((one) => one.kind === 'Person' && one.name === name)?.spec as
      PersonSpec | undefined;
    const was = before.get('Person', name)?.spec;
    if (was === undefined || !mayAnswer(was.role) || (spec !== undefined && mayAnswer(spec.role))) return [];
    return warn(spec === undefined ? '' : 'spec.role', [
      ...incidentsOf(name, open),
      ...shiftsOf(name, before, now),
    ]);
  });
}

/** True when applying the changes requires the list of open incidents. */
export const mayBeInUse = (changes: InUse['changes']): boolean =>
  changes.some(
    ({ action, kind }) => (action === 'delete' || action === 'update') && (kind === 'Person' || isUsed(kind)),
  );

const USED = ['EscalationPolicy', 'ResponsePlan', 'Service', 'Schedule', 'Organisation', 'Source'] as const;
type Used = (typeof USED)[number];
const isUsed = (kind: ConfigKind): kind is Used => (USED as readonly ConfigKind[]).includes(kind);

const numbers = (incidents: readonly OpenWork[]): string =>
  truncateList(
    incidents.map(({ number }) => number),
    { separator: ', ', max: 200 },
  );

/** `INC-4 is`, `INC-4, INC-7 are`. */
const are = (incidents: readonly OpenWork[], one: string, many: string): string =>
  `${numbers(incidents)} ${incidents.length === 1 ? one : many}`;

function incidentsOf(person: string, open: readonly OpenWork[]): string[] {
  const active = open.filter(({ status }) => status !== 'resolved');
  const theirs = active.filter((one) => one.status === 'acknowledged' && one.acknowledgedBy === person);
  const alone = active.filter(
    (one) => !theirs.includes(one) && one.paged.some((people) => people.every((who) => who === person)),
  );
  const among = active.filter(
    (one) =>
      !theirs.includes(one) &&
      !alone.includes(one) &&
      (one.commander === person || one.paged.some((people) => people.includes(person))),
  );
  const reviews = open.filter((one) => one.status === 'resolved' && one.reviewers.includes(person));
  return [
    ...(theirs.length === 0
      ? []
      : [`has ${numbers(theirs)}: unacknowledged when this is applied, and paged again from the first step`]),
    ...(alone.length === 0
      ? []
      : [`is the only person paged for ${numbers(alone)} now: the next step is paged at once`]),
    ...(among.length === 0 ? [] : [`is paged for or commands ${numbers(among)}`]),
    ...(reviews.length === 0 ? [] : [`has a post-mortem to write or to review: ${numbers(reviews)}`]),
  ];
}

export function shiftsOf(person: string, snapshot: ConfigSnapshot, now: string): string[] {
  const to = isoOf(instantMs(now, 'now') + SHIFTS_AHEAD_DAYS * DAY);
  return snapshot.list('Schedule').flatMap(({ name }) => {
    try {
      const history = scheduleHistory(snapshot, name);
      const items = history === undefined ? [] : resolve(history, now, to).items;
      const own = items.filter((item) => item.person === person);
      const [first, ...more] = own;
      if (first === undefined) return [];
      const role = first.source === 'override' ? 'stands in' : 'is on call';
      const when = first.from <= now ? `now, until ${first.to}` : `from ${first.from} to ${first.to}`;
      const others = more.length === 0 ? '' : `, and ${more.length} more within ${SHIFTS_AHEAD_DAYS} days`;
      return [`${role} in ${name} ${when}${others}`];
    } catch (error) {
      if (error instanceof ScheduleError) return [];
      throw error;
    }
  });
}

function usedBy(
  kind: ConfigKind,
  {
    name,
    isGone,
    open,
    before,
  }: { name: string; isGone: boolean; open: readonly OpenWork[]; before: ConfigSnapshot },
): string[] {
  if (!isUsed(kind)) return [];
  const active = open.filter(({ status }) => status !== 'resolved');
  switch (kind) {
    case 'EscalationPolicy': {
      const using = active.filter(({ policies }) => policies.some((policy) => policy.name === name));
      const keeps = 'escalated by the earlier version of this policy; the change applies to later incidents';
      return using.length === 0 ? [] : [are(using, `is ${keeps}`, `are ${keeps}`)];
    }
    case 'ResponsePlan': {
      const using = active.filter(({ plan }) => plan === name);
      const keeps = 'under the earlier version of this plan; the change applies to later incidents';
      return using.length === 0 ? [] : [are(using, `is ${keeps}`, `are ${keeps}`)];
    }
    case 'Service': {
      const using = active.filter(({ service }) => service === name);
      return using.length === 0 ? [] : [are(using, 'is open on this service', 'are open on this service')];
    }
    case 'Schedule': {
      const using = active.filter(({ policies }) =>
        policies.some(({ notify }) => notify.some((target) => names(target, name))),
      );
      const asks = isGone
        ? 'by this schedule: its steps reach nobody any more'
        : 'by this schedule: from now on they page the person then on call';
      return using.length === 0 ? [] : [are(using, `pages ${asks}`, `page ${asks}`)];
    }
    case 'Source': {
      const using = isGone ? active.filter(({ sources }) => sources.includes(name)) : [];
      const alerts = using.flatMap(({ sources }) => sources.filter((one) => one === name)).length;
      const many = `${alerts} open ${alerts === 1 ? 'alert' : 'alerts'} of this source`;
      return using.length === 0
        ? []
        : [
            `${are(using, 'has', 'have')} ${many}: nobody tells their end any more, and who sends by its key is refused`,
          ];
    }
    case 'Organisation':
      return isGone && active.length > 0 && before.list('Organisation').length === 1
        ? [`${are(active, 'is', 'are')} open and would have no catch-all but the admins`]
        : [];
  }
}

const names = (target: PolicyTarget, schedule: string): boolean =>
  ('schedule' in target && target.schedule === schedule) ||
  ('roundRobin' in target &&
    Array.isArray(target.roundRobin) &&
    target.roundRobin.some((one) => 'schedule' in one && one.schedule === schedule));
