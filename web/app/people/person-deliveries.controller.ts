/** Page of the deliveries to one person. */
import { Controller, Inject, Param } from '@nestjs/common';
import type { Store } from '../../../db/connection/store.js';
import { listPersonDeliveries } from '../../../db/delivery/delivery-view.js';
import { notFound } from '../../../services/common/problem.js';
import { STORE } from '../../../services/common/tokens.js';
import { PageCall } from '../page-call.js';
import { Page, PageRead } from '../page-route.js';
import { personDeliveriesPage } from './person-deliveries-page.js';

@Controller('people')
export class PersonDeliveriesPageController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @PageRead(':name/deliveries', { permission: 'incidents.read', summary: 'Deliveries to one person' })
  async show(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    const context = await page.context();
    if (context.snapshot.get('Person', name) === undefined)
      throw notFound(`There is no person ${name.slice(0, 64)}.`);
    const sent = await listPersonDeliveries(this.store.dataSource, name, {
      cursor: page.query('cursor') ?? undefined,
    });
    await page.show(personDeliveriesPage(context, name, sent));
  }
}
