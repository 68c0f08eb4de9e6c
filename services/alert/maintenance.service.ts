/** Maintenance windows: who may make and end them. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { WindowBody, WindowsQuery } from '../../contracts/api/maintenance.js';
import { type MaintenanceWindow, MaintenanceStore } from '../../db/alert/maintenance-store.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { databaseTime } from '../../db/connection/database-time.js';
import type { Page } from '../../db/connection/page.js';
import { windowsInForce } from '../../domain/alert/maintenance.js';
import type { WindowTimes } from '../../domain/oncall/maintenance-spans.js';
import type { Identity } from '../common/identity.js';
import { notFound } from '../common/problem.js';
import { accepted } from '../oncall/refusals.js';
import { ownerOf, silencer } from './silencer.js';

export type { MaintenanceWindow } from '../../db/alert/maintenance-store.js';

@Injectable()
export class MaintenanceService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly store: MaintenanceStore,
  ) {}

  async add(
    body: WindowBody,
    identity: Identity,
    { id }: { id?: string | undefined } = {},
  ): Promise<MaintenanceWindow> {
    const snapshot = await this.snapshots.latest(this.dataSource.manager);
    const owner = ownerOf(identity, body.person, snapshot);
    const { services, reason } = body;
    const asked = { id, services, reason, owner, times: timesOf(body) };
    return accepted(await this.store.add(asked, silencer(identity, snapshot)), 'window', snapshot).window;
  }

  async end(id: string, identity: Identity): Promise<MaintenanceWindow> {
    const by = silencer(identity, await this.snapshots.latest(this.dataSource.manager));
    return accepted(await this.store.end(id, by), `maintenance window ${id.slice(0, 64)}`).window;
  }

  async list({ service, ...query }: WindowsQuery): Promise<Page<MaintenanceWindow>> {
    return service === undefined
      ? this.store.list(query)
      : { items: await this.ofService(service), next: null };
  }

  /** In force and coming, the next first. */
  toCome(): Promise<MaintenanceWindow[]> {
    return this.store.toCome();
  }

  /** Those in force that mute the service, by itself or by what it depends on. */
  async ofService(service: string): Promise<MaintenanceWindow[]> {
    const snapshot = await this.snapshots.latest(this.dataSource.manager);
    if (snapshot.live.windows.length === 0) return [];
    const now = await databaseTime(this.dataSource);
    const ids = new Set(windowsInForce(service, snapshot, now).map(({ window }) => window.id));
    return (await this.store.toCome()).filter(({ id }) => ids.has(id));
  }

  async get(id: string): Promise<MaintenanceWindow> {
    const window = await this.store.get(id);
    if (window === null) throw notFound(`There is no maintenance window ${id.slice(0, 64)}.`);
    return window;
  }
}

function timesOf({ from, to, rrule, duration = '', timezone = '', reviewBy }: WindowBody): WindowTimes {
  if (rrule === undefined) return { kind: 'once', from: from ?? '', to: to ?? '' };
  return { kind: 'rule', rrule, duration, timezone, from: from ?? null, reviewBy: reviewBy ?? null };
}
