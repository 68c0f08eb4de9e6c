/** Silences: who may make, change and end them, and what is said about them. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type {
  SilenceBody,
  SilenceChangeBody,
  SilencePreviewBody,
  SilencesQuery,
} from '../../contracts/api/silence.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import type { Page } from '../../db/connection/page.js';
import { incidentIdOf } from '../../db/incident/incident-view.js';
import { previewSilence, type SilencePreview } from '../../db/alert/silence-preview.js';
import { type Silence, SilenceStore } from '../../db/alert/silence-store.js';
import { silences } from '../../domain/alert/silence.js';
import { alertsOfIncident, alertsToMatch, firingIn } from '../../db/alert/silenced-incident.js';
import { respondersOf } from '../../db/incident/incident-view.js';
import { matchersText } from '../../domain/alert/matcher.js';
import { silenceLike, typedMatchers } from '../../domain/alert/silence-like.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { DAY } from '../../domain/oncall/wall-clock.js';
import type { Identity } from '../common/identity.js';
import { notFound, Problem } from '../common/problem.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { accepted } from '../oncall/refusals.js';
import { ownerOf, silencer } from './silencer.js';

export type { SilencePreview } from '../../db/alert/silence-preview.js';

export interface SilenceView extends Silence {
  state: 'in_force' | 'over';
  /** The matchers in one line. */
  text: string;
}

export interface MadeSilence extends SilenceView {
  matched: number;
  firing: number;
  notes: string[];
}

/** Alerts such as those of an incident: a start for a silence, and what would make them quieter for good. */
export interface LikeIncident {
  incident: string;
  /** Typed, one a line; empty when they share nothing. */
  matchers: string;
  /** Null: none, or several. */
  service: string | null;
  watch: string | null;
}

/** Until-clear silences without an end of their own. */
const CLEAR_DAYS = 7;

@Injectable()
export class SilencesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly store: SilenceStore,
  ) {}

  async add(
    body: SilenceBody,
    identity: Identity,
    { id }: { id?: string | undefined } = {},
  ): Promise<MadeSilence> {
    const snapshot = await this.snapshots.latest(this.dataSource.manager);
    const owner = ownerOf(identity, body.person, snapshot);
    const until = body.until ?? (await this.clearEnd());
    const { matchers, untilClear, reason, everything, teams = null } = body;
    const outcome = await this.store.add(
      {
        id,
        matchers,
        until,
        untilClear,
        reason,
        everything,
        teams,
        owner,
        incident: null,
      },
      silencer(identity, snapshot),
    );
    const { silence } = accepted(outcome, 'silence', snapshot);
    const preview = await previewSilence(this.dataSource, snapshot, silence);
    const { matched, firing } = preview;
    return { ...viewOf(silence), matched, firing, notes: notesOf(silence, preview) };
  }

  async preview({ matchers, teams = null }: SilencePreviewBody, identity: Identity): Promise<SilencePreview> {
    const snapshot = await this.snapshots.latest(this.dataSource.manager);
    const by = silencer(identity, snapshot);
    return previewSilence(this.dataSource, snapshot, {
      matchers,
      teams: teams ?? (by.isManager ? null : by.teams),
    });
  }

  async list({ incident, ...query }: SilencesQuery): Promise<Page<SilenceView>> {
    if (incident !== undefined) return { items: await this.ofIncident(incident), next: null };
    const { items, next } = await this.store.list(query);
    return { items: items.map(viewOf), next };
  }

  async inForce(): Promise<SilenceView[]> {
    return (await this.store.inForce()).map(viewOf);
  }

  async get(id: string): Promise<SilenceView> {
    const silence = await this.store.get(id);
    if (silence === null) throw notFound(`There is no silence ${id.slice(0, 64)}.`);
    return viewOf(silence);
  }

  /** Silences in force that match an alert of the incident, or were made from it. */
  async ofIncident(idOrNumber: string): Promise<SilenceView[]> {
    const [id, all] = [await incidentIdOf(this.dataSource, idOrNumber), await this.store.inForce()];
    if (id === null) throw notFound(`There is no incident ${idOrNumber.slice(0, 64)}.`);
    if (all.length === 0) return [];
    const snapshot = await this.snapshots.latest(this.dataSource.manager);
    const alerts = await alertsToMatch(this.dataSource, id, teamOfService(snapshot));
    return all
      .filter((one) => one.incidentId === id || alerts.some((alert) => silences(one, alert)))
      .map(viewOf);
  }

  /** Silences what fires in an incident, by source and key. Those who respond to it may, whatever their team. */
  /** What the form of a silence begins with for alerts such as those of an incident; null when there is no such incident. */
  async likeIncident(idOrNumber: string): Promise<LikeIncident | null> {
    const id = await incidentIdOf(this.dataSource, idOrNumber);
    if (id === null) return null;
    const alerts = await alertsOfIncident(this.dataSource, id);
    const [service = null, ...otherServices] = new Set(alerts.map((alert) => alert.service));
    const [source = '', ...otherSources] = new Set(alerts.map((alert) => alert.source));
    return {
      incident: idOrNumber.toUpperCase(),
      matchers: typedMatchers(silenceLike(alerts)),
      service: otherServices.length === 0 ? service : null,
      watch: otherSources.length === 0 && source.startsWith('watch/') ? source.slice('watch/'.length) : null,
    };
  }

  async addForIncident(
    idOrNumber: string,
    asked: { until: string | null; reason: string; id?: string | undefined },
    identity: Identity,
  ): Promise<SilenceView> {
    const id = await incidentIdOf(this.dataSource, idOrNumber);
    if (id === null) throw notFound(`There is no incident ${idOrNumber.slice(0, 64)}.`);
    const { sources, keys, services } = await firingIn(this.dataSource, id);
    if (keys.length === 0)
      throw new Problem(
        409,
        'nothing_fires',
        `No alert fires in ${idOrNumber}: there is nothing to silence.`,
      );
    const snapshot = await this.snapshots.latest(this.dataSource.manager);
    const teams = [
      ...new Set(services.map((service) => (service === null ? null : teamOfService(snapshot)(service)))),
    ];
    const by = silencer(identity, snapshot);
    const isResponder =
      identity.person !== null && (await respondersOf(this.dataSource, id)).includes(identity.person);
    const ofTeams = teams.filter((team) => team !== null);
    const outcome = await this.store.add(
      {
        id: asked.id,
        matchers: [
          { field: 'source', op: '=', value: sources },
          { field: 'dedupKey', op: '=', value: keys },
        ],
        until: asked.until ?? (await this.clearEnd()),
        untilClear: asked.until === null,
        reason: asked.reason,
        everything: false,
        teams: teams.includes(null) ? null : ofTeams,
        owner: identity.person,
        incident: id,
      },
      isResponder ? { ...by, isManager: true } : by,
    );
    return viewOf(accepted(outcome, 'silence', snapshot).silence);
  }

  private async clearEnd(): Promise<string> {
    return new Date(Date.parse(await databaseTime(this.dataSource)) + CLEAR_DAYS * DAY).toISOString();
  }

  async change(id: string, body: SilenceChangeBody, identity: Identity): Promise<SilenceView> {
    const by = silencer(identity, await this.snapshots.latest(this.dataSource.manager));
    return viewOf(accepted(await this.store.change(id, body, by), `silence ${id.slice(0, 64)}`).silence);
  }

  async end(id: string, identity: Identity): Promise<SilenceView> {
    const by = silencer(identity, await this.snapshots.latest(this.dataSource.manager));
    return viewOf(accepted(await this.store.end(id, by), `silence ${id.slice(0, 64)}`).silence);
  }
}

const viewOf = (silence: Silence): SilenceView => ({
  ...silence,
  state: silence.isInForce ? 'in_force' : 'over',
  text: matchersText(silence.matchers),
});

function notesOf(silence: Silence, { matched, firing, isPartial }: SilencePreview): string[] {
  const notes: string[] = [];
  if (matched === 0)
    notes.push(
      `It matches no alert of ${isPartial ? 'the newest ones' : 'the last week'}; check the matchers: ${matchersText(silence.matchers)}.`,
    );
  if (firing > 0)
    notes.push(
      `${firing === 1 ? 'One alert' : `${firing} alerts`} that it matches ${firing === 1 ? 'has' : 'have'} an incident already; a silence mutes new alerts, so acknowledge or resolve that incident.`,
    );
  return notes;
}

const teamOfService =
  (snapshot: ConfigSnapshot) =>
  (service: string): string | null =>
    snapshot.get('Service', service)?.spec.team ?? null;
