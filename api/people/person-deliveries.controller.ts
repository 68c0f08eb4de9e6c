/** Deliveries to one person, over all incidents. */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { PersonDeliveriesQuery, PersonDeliveriesReply } from '../../contracts/api/incident.js';
import type { Store } from '../../db/connection/store.js';
import { listPersonDeliveries } from '../../db/delivery/delivery-view.js';
import { notFound } from '../../services/common/problem.js';
import { Documented, Permission } from '../../http/route.js';
import { STORE } from '../../services/common/tokens.js';

@Controller('api/v1/people')
export class PersonDeliveriesController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get(':name/deliveries')
  @Permission('incidents.read')
  @Documented({
    tag: 'People',
    summary: 'Deliveries to one person, newest first, with their state',
    reply: PersonDeliveriesReply,
  })
  async list(
    @Param('name') name: string,
    @Query({ schema: PersonDeliveriesQuery }) query: PersonDeliveriesQuery,
  ) {
    const snapshot = await this.store.snapshots.latest(this.store.dataSource);
    if (snapshot.get('Person', name) === undefined)
      throw notFound(`There is no person ${name.slice(0, 64)}.`);
    return listPersonDeliveries(this.store.dataSource, name, query);
  }
}
