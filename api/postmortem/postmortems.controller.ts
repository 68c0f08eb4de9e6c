/** The post-mortem of an incident, without which it does not close. */
import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import {
  PostmortemReply as reply,
  ReviewBody,
  SubmitBody,
  WaiveBody,
} from '../../contracts/api/postmortem.js';
import { PullOutBody } from '../../contracts/api/digest.js';
import type { Idempotency } from '../../services/common/idempotency.js';
import { IdempotencyKey } from '../../http/idempotency-key.js';
import type { Identity } from '../../services/common/identity.js';
import { BodyLimit, Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import { EditBody } from '../../contracts/api/postmortem-requests.js';
import { incidentRequestOf, PostmortemsService } from '../../services/postmortem/postmortems.service.js';

const tag = 'Post-mortems';

@Controller('api/v1/incidents/:id/postmortem')
export class PostmortemsController {
  constructor(private readonly postmortems: PostmortemsService) {}

  @Get()
  @Permission('incidents.read')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'The post-mortem: texts, measured facts, reviews, missing sections', reply })
  get(@Param('id') id: string) {
    return this.postmortems.get(id);
  }

  @Put()
  @Permission('postmortem.write')
  @BodyLimit(512 * 1024)
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Changes sections and action items; earlier approvals are voided', reply })
  edit(
    @Param('id') id: string,
    @Body({ schema: EditBody }) body: EditBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.postmortems.edit(incidentRequestOf(id, caller, body.person, key), body);
  }

  @Post('submit')
  @HttpCode(200)
  @Permission('postmortem.write')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Submits the post-mortem for review', reply })
  submit(
    @Param('id') id: string,
    @Body({ schema: SubmitBody }) body: SubmitBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.postmortems.submit(incidentRequestOf(id, caller, body.person, key));
  }

  @Post('pull-out')
  @HttpCode(200)
  @Permission('postmortem.write')
  @TeamKeys('incident')
  @Documented({
    tag,
    summary: 'Takes an incident out of the digest of its team, into a post-mortem of its own',
    reply,
  })
  pullOut(
    @Param('id') id: string,
    @Body({ schema: PullOutBody }) body: PullOutBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.postmortems.pullOut(incidentRequestOf(id, caller, undefined, key), body);
  }

  @Post('waive')
  @HttpCode(200)
  @Permission('postmortem.waive')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Waives the post-mortem and closes the incident, with a reason', reply })
  waive(
    @Param('id') id: string,
    @Body({ schema: WaiveBody }) body: WaiveBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.postmortems.waive(incidentRequestOf(id, caller, body.person, key), body.reason);
  }

  @Post('reviews')
  @HttpCode(200)
  @Permission('postmortem.review')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'A reviewer approves, requests changes, delegates or declines', reply })
  review(
    @Param('id') id: string,
    @Body({ schema: ReviewBody }) body: ReviewBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.postmortems.review(incidentRequestOf(id, caller, body.person, key), body);
  }
}
