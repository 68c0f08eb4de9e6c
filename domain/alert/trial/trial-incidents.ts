/** Incidents, groups and storms of a trial: where an alert that nothing holds belongs. */
import type { ConfigSnapshot } from '../../config/specs.js';
import { isHigher } from '../../priority/decide-priority.js';
import { prioritise } from '../../priority/prioritise.js';
import type { Reason } from '../decide-signal.js';
import { decideGrouping, type IncidentOfGroup } from '../decide-grouping.js';
import { groupOf } from '../group.js';
import { judgingPlan } from '../judging-plan.js';
import { holderText, isReleasedAsGroup } from '../stage.js';
import { STORM_AFTER, STORM_WINDOW_MINUTES, stormReason, stormTitle } from '../storm.js';
import type { Calls, Placing, TrialAlert, TrialIncident, TrialRecord } from './tried.js';

const TOGETHER_MS = 10 * 60_000;
const STORM_MS = STORM_WINDOW_MINUTES * 60_000;

interface Moment {
  snapshot: ConfigSnapshot;
  now: string;
}

export class TrialIncidents {
  readonly all = new Map<string, TrialIncident>();
  private readonly groups = new Map<string, { incident: string; lastAt: string }>();
  private readonly released = new Map<string, { incident: string; atMs: number }>();
  private readonly storms = new Map<string, string>();
  private openings: { source: string; service: string | null; atMs: number }[] = [];

  constructor(private readonly record: Pick<TrialRecord, 'incidentOfGroup'>) {}

  /** `heldBy`: what held the alert until now. `reopens`: the incident of the key's last alert. */
  async place(
    alert: TrialAlert,
    { heldBy, reopens }: { heldBy: string | null; reopens: string | null },
    at: Moment,
  ): Promise<Placing> {
    const { snapshot, now } = at;
    const { service, source, signal } = alert;
    const decided = prioritise(snapshot, { service, source: source.name, signal, now });
    const released = this.releasedWith(alert, heldBy, now);
    const { key, joins, reason } =
      released === null ? await this.grouped(alert, reopens, at) : { key: null, joins: null, reason: null };
    const wanted = reopens ?? released?.incident ?? joins;
    const storm = wanted === null ? this.stormOf(alert, now) : null;
    const known = this.all.get(wanted ?? storm?.incident ?? '');
    const incident =
      known ?? this.open(alert, storm === null ? signal.title : stormTitle(source.name, signal.title));
    const page = judgingPlan(snapshot, service).group.page ?? 'higher';
    const calls =
      known === undefined
        ? 'opened'
        : callsOf(known, decided.priority, { page, isGrouped: wanted === joins });
    if (known === undefined) this.noteOpening(alert, incident.id, storm !== null, now);
    if (incident.priority === null ? !incident.isOld : isHigher(decided.priority, incident.priority))
      incident.priority = decided.priority;
    incident.status = 'triggered';
    incident.resolvedAt = null;
    incident.open.add(alert.id);
    if (key !== null) this.groups.set(key, { incident: incident.id, lastAt: now });
    if (heldBy !== null && isReleasedAsGroup(heldBy))
      this.released.set(`${heldBy} ${service ?? ''}`, { incident: incident.id, atMs: Date.parse(now) });
    return {
      stages: [
        ...(reason === null ? [] : [reason]),
        ...(released === null ? [] : [because('grouping', 'released', released.text)]),
        ...(storm === null ? [] : [because('grouping', 'storm', storm.text)]),
        because('priority', decided.priority, decided.reasons.join(', ')),
        known === undefined
          ? because('incident', 'opened', 'opens an incident')
          : because('incident', 'joined', `joins ${known.number}`),
      ],
      incident,
      calls,
      priority: decided.priority,
      priorityReasons: decided.reasons,
    };
  }

  /** An incident of the record that an alert of the trial joins. */
  ofRecord({
    id,
    number,
    service,
    teams,
    status,
    resolvedAt,
  }: Omit<IncidentOfGroup, 'lastAt' | 'drill' | 'mergedInto'>): TrialIncident {
    const known = this.all.get(id);
    if (known !== undefined) return known;
    const isOver = status !== 'triggered' && status !== 'acknowledged';
    const incident: TrialIncident = { id, number, title: '', service, teams, priority: null, status: isOver ? 'resolved' : 'triggered', resolvedAt, isOld: true, open: new Set() }; // prettier-ignore
    this.all.set(id, incident);
    return incident;
  }

  close(alert: TrialAlert, now: string): void {
    const incident = this.all.get(alert.incident ?? '');
    incident?.open.delete(alert.id);
    if (incident === undefined || incident.isOld || incident.open.size > 0) return;
    incident.status = 'resolved';
    incident.resolvedAt = now;
  }

  /** An open alert got worse: its incident may. */
  raise(alert: TrialAlert, { snapshot, now }: Moment): Calls {
    const incident = this.all.get(alert.incident ?? '');
    if (incident?.priority == null) return null;
    const subject = { service: alert.service, source: alert.source.name, signal: { ...alert.signal, severity: alert.severity }, now }; // prettier-ignore
    const { priority } = prioritise(snapshot, subject);
    if (!isHigher(priority, incident.priority)) return null;
    incident.priority = priority;
    return 'raised';
  }

  private async grouped(
    alert: TrialAlert,
    reopens: string | null,
    { snapshot, now }: Moment,
  ): Promise<{ key: string | null; joins: string | null; reason: Reason | null }> {
    const { group: spec } = judgingPlan(snapshot, alert.service);
    const group = groupOf({ source: alert.source.name, service: alert.service, signal: alert.signal }, spec);
    const key = group?.key ?? null;
    if (reopens !== null) return { key, joins: null, reason: null };
    const joined = key === null ? undefined : this.groups.get(key);
    const own = joined === undefined ? undefined : this.all.get(joined.incident);
    const old = group === null || own !== undefined ? null : await this.record.incidentOfGroup(group);
    const known =
      joined !== undefined && own !== undefined
        ? { ...own, lastAt: joined.lastAt, drill: null, mergedInto: null }
        : old;
    const { joins, reason } = decideGrouping(group, known, { spec, team: alert.team, now });
    if (joins !== null && old !== null) this.ofRecord(old);
    return { key, joins, reason };
  }

  private releasedWith(
    { service }: TrialAlert,
    heldBy: string | null,
    now: string,
  ): { incident: string | null; text: string } | null {
    if (heldBy === null || !isReleasedAsGroup(heldBy)) return null;
    const found = this.released.get(`${heldBy} ${service ?? ''}`);
    const isFresh =
      found !== undefined &&
      Date.parse(now) - found.atMs < TOGETHER_MS &&
      this.all.get(found.incident)?.status === 'triggered';
    const text = `${holderText(heldBy)}, and the alert still fires; what it held for ${service ?? 'no service'} is one group`;
    return { incident: isFresh ? found.incident : null, text };
  }

  private stormOf(
    { source, service }: TrialAlert,
    now: string,
  ): { text: string; incident: string | null } | null {
    const since = Date.parse(now) - STORM_MS;
    this.openings = this.openings.filter(({ atMs }) => atMs > since);
    const ofSource = this.openings.filter((one) => one.source === source.name);
    const counted = {
      ofSource: ofSource.length,
      ofService: ofSource.filter((one) => one.service === service).length,
    };
    const text = stormReason(source.name, counted, source.spec.stormAfter ?? STORM_AFTER);
    if (text === null) return null;
    const incident = this.storms.get(`${source.name} ${service ?? ''}`) ?? null;
    return {
      text,
      incident: incident !== null && this.all.get(incident)?.status === 'triggered' ? incident : null,
    };
  }

  private noteOpening(
    { source, service }: TrialAlert,
    incident: string,
    isStorm: boolean,
    now: string,
  ): void {
    this.openings.push({ source: source.name, service, atMs: Date.parse(now) });
    if (isStorm) this.storms.set(`${source.name} ${service ?? ''}`, incident);
  }

  private open({ service, team }: TrialAlert, title: string): TrialIncident {
    const id = `new-${this.all.size + 1}`;
    const incident: TrialIncident = { id, number: `new incident ${this.all.size + 1}`, title, service, teams: team === null ? [] : [team], priority: null, status: 'triggered', resolvedAt: null, isOld: false, open: new Set() }; // prettier-ignore
    this.all.set(id, incident);
    return incident;
  }
}

function callsOf(
  known: TrialIncident,
  priority: TrialIncident['priority'],
  { page, isGrouped }: { page: 'higher' | 'always' | 'never'; isGrouped: boolean },
): Calls {
  if (known.status === 'resolved') return 'reopened';
  if (isGrouped && page === 'always') return 'joined';
  const isRaised = known.priority !== null && priority !== null && isHigher(priority, known.priority);
  return isRaised && !(isGrouped && page === 'never') ? 'raised' : null;
}

const because = (stage: Reason['stage'], decision: string, text: string): Reason => ({
  stage,
  decision,
  text,
});
