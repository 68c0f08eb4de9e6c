/** Sources: what is known of them, and a new ingest key. */
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { NewSourceKeyReply, SourceReply, SourcesReply } from '../../contracts/api/source.js';
import { Caller, Documented, Permission } from '../../http/route.js';
import { SourcesService } from '../../services/alert/sources.service.js';
import type { Identity } from '../../services/common/identity.js';

const tag = 'Alerts';

@Controller('api/v1/sources')
export class SourcesController {
  constructor(private readonly sources: SourcesService) {}

  @Get()
  @Permission('config.read')
  @Documented({ tag, summary: 'Sources: last heard, open alerts, refused messages', reply: SourcesReply })
  async list() {
    return { items: await this.sources.list(), next: null };
  }

  @Get(':name')
  @Permission('config.read')
  @Documented({ tag, summary: 'One, with how its sender is pointed at it', reply: SourceReply })
  get(@Param('name') name: string) {
    return this.sources.get(name);
  }

  @Post(':name/key')
  @HttpCode(201)
  @Permission('sources.manage')
  @Documented({
    tag,
    summary: 'A new ingest key, shown once; the one before ends at once',
    reply: NewSourceKeyReply,
    status: 201,
  })
  renewKey(@Param('name') name: string, @Caller() caller: Identity) {
    return this.sources.renewKey(name, caller);
  }
}
