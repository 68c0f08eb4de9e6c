/** Creates, lists and revokes API keys, for the REST routes and the page. */
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Injectable } from '@nestjs/common';
import { AccessStore, type ApiKey } from '../../db/access/access-store.js';
import type { Actor } from '../../domain/incident/state.js';
import { invalid, notFound } from '../common/problem.js';
import { OpenStreams } from './open-streams.js';
import type { NewKeyBody } from '../../contracts/api/access-requests.js';

export type { ApiKey } from '../../db/access/access-store.js';

@Injectable()
export class KeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly access: AccessStore,
    private readonly streams: OpenStreams,
  ) {}

  list(): Promise<ApiKey[]> {
    return this.access.listKeys();
  }

  /** The key is in this reply only; the database stores its hash. */
  async create(
    { name, role, team, expiresAt }: NewKeyBody,
    actor: Actor,
  ): Promise<{ key: string; shown: ApiKey }> {
    const snapshot = await this.snapshots.latest(this.dataSource);
    if (team !== undefined && snapshot.get('Team', team) === undefined)
      throw invalid(`There is no team ${team}.`, [{ path: 'team', message: `there is no team "${team}"` }]);
    if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now())
      throw invalid('expiresAt has passed already.', [
        { path: 'expiresAt', message: 'must be in the future' },
      ]);
    return this.access.createKey({ name, role, team: team ?? null, expiresAt: expiresAt ?? null, actor });
  }

  async revoke(id: string, actor: Actor): Promise<void> {
    if (!(await this.access.revokeKey(id, actor))) throw notFound(`There is no API key ${id.slice(0, 64)}.`);
    await this.streams.recheckOf(`key:${id}`);
  }
}
