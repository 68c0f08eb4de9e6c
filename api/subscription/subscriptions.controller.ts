/** State of the subscriptions. They are created, changed and deleted as documents. */
import { Controller, Get, Inject } from '@nestjs/common';
import { SubscriptionsReply } from '../../contracts/api/subscription.js';
import type { Store } from '../../db/connection/store.js';
import { listSubscriptions } from '../../db/subscription/subscription-view.js';
import { Documented, Permission } from '../../http/route.js';
import { STORE } from '../../services/common/tokens.js';

@Controller('api/v1/subscriptions')
export class SubscriptionsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get()
  @Permission('config.read')
  @Documented({
    tag: 'Configuration',
    summary: 'Subscriptions to incident events, with recent deliveries',
    reply: SubscriptionsReply,
  })
  async list() {
    const { dataSource, snapshots } = this.store;
    const snapshot = await snapshots.latest(dataSource.manager);
    return { items: await listSubscriptions(dataSource, snapshot.list('Subscription')), next: null };
  }
}
