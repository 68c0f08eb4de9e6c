/** Overrides, cover requests, previews of a schedule, and coverage gaps. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  AllQuery,
  GapsQuery,
  GapsReply,
  OverrideBody,
  OverrideReply,
  OverridesReply,
  PreviewBody,
  PreviewReply,
  SwapAnswerBody,
  SwapBody,
  SwapReply,
  SwapsReply,
} from '../../contracts/api/on-call-changes.js';
import type { Identity } from '../../services/common/identity.js';
import { Caller, Documented, Permission } from '../../http/route.js';
import { OncallService } from '../../services/oncall/oncall.service.js';
import { SchedulesService } from '../../services/oncall/schedules.service.js';

const tag = 'On-call';

@Controller('api/v1')
export class SchedulesController {
  constructor(
    private readonly schedules: SchedulesService,
    private readonly oncall: OncallService,
  ) {}

  @Get('oncall/gaps')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Coverage gaps of the coming days', reply: GapsReply })
  async gaps(@Query({ schema: GapsQuery }) query: GapsQuery) {
    return { ...(await this.oncall.gaps(query)), next: null };
  }

  @Get('schedules/:name/overrides')
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Overrides, current and upcoming; ?all=true adds past ones',
    reply: OverridesReply,
  })
  async overrides(@Param('name') name: string, @Query({ schema: AllQuery }) { all = false }: AllQuery) {
    return { items: await this.schedules.overrides(name, all), next: null };
  }

  @Post('schedules/:name/overrides')
  @HttpCode(201)
  @Permission('oncall.write')
  @Documented({
    tag,
    summary: 'Adds an override: a person is on call for a time',
    reply: OverrideReply,
    status: 201,
  })
  override(
    @Param('name') name: string,
    @Body({ schema: OverrideBody }) body: OverrideBody,
    @Caller() identity: Identity,
  ) {
    return this.schedules.addOverride(name, body, identity);
  }

  @Delete('schedules/:name/overrides/:id')
  @HttpCode(200)
  @Permission('oncall.write')
  @Documented({
    tag,
    summary: 'Cancels an override; one that has started ends now',
    reply: OverrideReply,
  })
  cancel(@Param('name') name: string, @Param('id') id: string, @Caller() identity: Identity) {
    return this.schedules.cancelOverride(name, id, identity);
  }

  @Get('schedules/:name/swaps')
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Open cover requests; ?all=true adds answered ones',
    reply: SwapsReply,
  })
  async swaps(@Param('name') name: string, @Query({ schema: AllQuery }) { all = false }: AllQuery) {
    return { items: await this.schedules.swaps(name, all), next: null };
  }

  @Post('schedules/:name/swaps')
  @HttpCode(201)
  @Permission('oncall.write')
  @Documented({
    tag,
    summary: 'Requests cover for a shift, from a person or from anybody',
    reply: SwapReply,
    status: 201,
  })
  ask(@Param('name') name: string, @Body({ schema: SwapBody }) body: SwapBody, @Caller() identity: Identity) {
    return this.schedules.askSwap(name, body, identity);
  }

  @Post('schedules/:name/swaps/:id/accept')
  @HttpCode(200)
  @Permission('oncall.write')
  @Documented({ tag, summary: 'Accepts a cover request', reply: SwapReply })
  accept(
    @Param('name') name: string,
    @Param('id') id: string,
    @Body({ schema: SwapAnswerBody }) body: SwapAnswerBody,
    @Caller() identity: Identity,
  ) {
    return this.schedules.answerSwap(name, id, 'accept', { body, identity });
  }

  @Post('schedules/:name/swaps/:id/decline')
  @HttpCode(200)
  @Permission('oncall.write')
  @Documented({ tag, summary: 'Declines a cover request', reply: SwapReply })
  decline(
    @Param('name') name: string,
    @Param('id') id: string,
    @Body({ schema: SwapAnswerBody }) body: SwapAnswerBody,
    @Caller() identity: Identity,
  ) {
    return this.schedules.answerSwap(name, id, 'decline', { body, identity });
  }

  @Post('schedules/:name/swaps/:id/withdraw')
  @HttpCode(200)
  @Permission('oncall.write')
  @Documented({ tag, summary: 'Withdraws a cover request', reply: SwapReply })
  withdraw(
    @Param('name') name: string,
    @Param('id') id: string,
    @Body({ schema: SwapAnswerBody }) body: SwapAnswerBody,
    @Caller() identity: Identity,
  ) {
    return this.schedules.answerSwap(name, id, 'withdraw', { body, identity });
  }

  @Post('schedules/:name/preview')
  @HttpCode(200)
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Previews a schedule: the shifts that it would change',
    reply: PreviewReply,
  })
  preview(
    @Param('name') name: string,
    @Body({ schema: PreviewBody }) body: PreviewBody,
    @Caller() identity: Identity,
  ) {
    return this.schedules.preview(name, body, identity);
  }
}
