/** What is due for review, and the digests of teams. */
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  DigestBody,
  DigestDecision,
  DigestReply,
  ReviewsQuery,
  ReviewsReply,
} from '../../contracts/api/digest.js';
import { Caller, Documented, Permission } from '../../http/route.js';
import type { Identity } from '../../services/common/identity.js';
import { DigestsService } from '../../services/postmortem/digests.service.js';

const tag = 'Post-mortems';

@Controller('api/v1')
export class DigestsController {
  constructor(private readonly digests: DigestsService) {}

  @Get('reviews')
  @Permission('incidents.read')
  @Documented({
    tag,
    summary: 'What is due for review: post-mortems and digests, by whom, since when',
    reply: ReviewsReply,
  })
  reviews(@Query({ schema: ReviewsQuery }) { mine }: ReviewsQuery, @Caller() caller: Identity) {
    return this.digests.reviews(mine === undefined || mine === 'false' ? null : (caller.person ?? ''));
  }

  @Post('digests')
  @Permission('incidents.respond')
  @Documented({
    tag,
    summary: 'Opens the digest of a team before it is due; the open one when there is one',
    reply: DigestReply,
    status: 201,
  })
  open(@Body({ schema: DigestBody }) { team }: DigestBody, @Caller() caller: Identity) {
    return this.digests.open(team, caller);
  }

  @Get('digests/:id')
  @Permission('incidents.read')
  @Documented({
    tag,
    summary: 'A digest: its incidents with their facts, its reviewer and decision',
    reply: DigestReply,
  })
  get(@Param('id') id: string) {
    return this.digests.get(id);
  }

  @Post('digests/:id/decisions')
  @HttpCode(200)
  @Permission('postmortem.review')
  @Documented({
    tag,
    summary: 'A person approves the list, or pulls incidents out of it',
    reply: DigestReply,
  })
  decide(
    @Param('id') id: string,
    @Body({ schema: DigestDecision }) decision: DigestDecision,
    @Caller() caller: Identity,
  ) {
    return this.digests.decide(id, caller, decision);
  }
}
