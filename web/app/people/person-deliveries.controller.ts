/** Page of the deliveries to one person. */
import { Controller, Param } from '@nestjs/common';
import { DeliveriesService } from '../../../services/delivery/deliveries.service.js';
import { PageCall } from '../page-call.js';
import { Page, PageRead } from '../page-route.js';
import { personDeliveriesPage } from './person-deliveries-page.js';

@Controller('people')
export class PersonDeliveriesPageController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @PageRead(':name/deliveries', { permission: 'incidents.read', summary: 'Deliveries to one person' })
  async show(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    const sent = await this.deliveries.ofPerson(name, { cursor: page.query('cursor') ?? undefined });
    await page.show(personDeliveriesPage(await page.context(), name, sent));
  }
}
