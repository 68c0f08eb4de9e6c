/** State of the subscriptions. They are created, changed and deleted as documents. */
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Controller, Get } from '@nestjs/common';
import { SubscriptionsReply } from '../../contracts/api/subscription.js';
import { listSubscriptions } from '../../db/subscription/subscription-view.js';
import { Documented, Permission } from '../../http/route.js';

@Controller('api/v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  @Get()
  @Permission('config.read')
  @Documented({
    tag: 'Configuration',
    summary: 'Subscriptions to incident events, with recent deliveries',
    reply: SubscriptionsReply,
  })
  async list() {
    const { dataSource, snapshots } = this;
    const snapshot = await snapshots.latest(dataSource.manager);
    return { items: await listSubscriptions(dataSource, snapshot.list('Subscription')), next: null };
  }
}
