/** Watches: where they stand, and what they would have done. */
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  SimulateWatchBody,
  SimulateWatchReply,
  WatchesReply,
  WatchReply,
} from '../../contracts/api/watch.js';
import { Documented, Permission } from '../../http/route.js';
import { WatchesService } from '../../services/watch/watches.service.js';

const tag = 'Watches';

@Controller('api/v1/watches')
export class WatchesController {
  constructor(private readonly watches: WatchesService) {}

  @Get()
  @Permission('incidents.read')
  @Documented({ tag, summary: 'Watches by name, and where each stands', reply: WatchesReply })
  async list() {
    return { items: await this.watches.list(), next: null };
  }

  @Get(':name')
  @Permission('incidents.read')
  @Documented({ tag, summary: 'One, with the last day of its metric and its alerts', reply: WatchReply })
  get(@Param('name') name: string) {
    return this.watches.get(name);
  }

  @Post(':name/simulate')
  @HttpCode(200)
  @Permission('incidents.read')
  @Documented({
    tag,
    summary: 'What the watch, or a proposed document, would have told in the last week; changes nothing',
    reply: SimulateWatchReply,
  })
  simulate(@Param('name') name: string, @Body({ schema: SimulateWatchBody }) body: SimulateWatchBody) {
    return this.watches.simulate(name, body.spec ?? null);
  }
}
