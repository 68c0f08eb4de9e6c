/** Pages of sources that have to be heard from. */
import { Controller, Param } from '@nestjs/common';
import { HeartbeatsService } from '../../../services/heartbeat/heartbeats.service.js';
import { PageCall } from '../page-call.js';
import { Page, PageRead } from '../page-route.js';
import { heartbeatPage, heartbeatsPage } from './heartbeats-page.js';

@Controller('heartbeats')
export class HeartbeatPagesController {
  constructor(private readonly heartbeats: HeartbeatsService) {}

  @PageRead('', {
    permission: 'incidents.read',
    summary: 'Heartbeats, and sources that have to be heard from',
  })
  async list(@Page() page: PageCall): Promise<void> {
    await page.show(heartbeatsPage(await page.context(), await this.heartbeats.list()));
  }

  @PageRead(':source', { permission: 'incidents.read', summary: 'One heartbeat and its last pings' })
  async show(@Page() page: PageCall, @Param('source') source: string): Promise<void> {
    const shown = await this.heartbeats.get(source);
    await page.show(heartbeatPage(await page.context(), shown));
  }
}
