/** People move alerts between incidents: an alert of another cause is split off, or moved to the incident that it belongs to. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AlertMoves } from '../../db/alert/move-alert.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { isUuid } from '../../db/connection/page.js';
import type { IncidentDetail } from '../../db/incident/incident-view.js';
import { acting } from '../common/acting.js';
import type { Identity } from '../common/identity.js';
import { notFound, Problem } from '../common/problem.js';
import { IncidentsService } from '../incident/incidents.service.js';

@Injectable()
export class AlertMovesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly moves: AlertMoves,
    private readonly incidents: IncidentsService,
  ) {}

  /** Returns the incident that has the alert now. 404: no such alert or incident; 409: it cannot be moved, and why. */
  async move(
    alert: string,
    into: string | null,
    identity: Identity,
    person?: string,
  ): Promise<IncidentDetail> {
    if (!isUuid(alert)) throw notFound(`There is no alert ${alert.slice(0, 64)}.`);
    const target = into === null ? null : await this.incidents.idOf(into);
    const by = acting(identity, person, await this.snapshots.latest(this.dataSource));
    const moved = await this.moves.move({ alert, into: target, ...by });
    switch (moved.kind) {
      case 'moved':
        return this.incidents.get(moved.incident);
      case 'refused':
        throw new Problem(409, moved.code, moved.detail);
      case 'not_found':
        throw notFound(`There is no such ${moved.what}.`);
    }
  }
}
