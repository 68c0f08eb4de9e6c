/** On-call time and the policy simulator. */
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  OnCallReply,
  ShiftsQuery,
  ShiftsReply,
  SimulateBody,
  SimulateReply,
} from '../../contracts/api/oncall.js';
import { Documented, Permission } from '../common/route.js';
import { OncallQuery } from './oncall.schemas.js';
import { OncallService } from './oncall.service.js';

const tag = 'On-call';

@Controller('api/v1')
export class OncallController {
  constructor(private readonly oncall: OncallService) {}

  @Get('oncall')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Who is on call now, until when, and who is next', reply: OnCallReply })
  async now(@Query({ schema: OncallQuery }) query: OncallQuery) {
    return { items: await this.oncall.now(query), next: null };
  }

  @Get('schedules/:name/shifts')
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Shifts and gaps of a schedule; they cover the whole range',
    reply: ShiftsReply,
  })
  shifts(@Param('name') name: string, @Query({ schema: ShiftsQuery }) query: ShiftsQuery) {
    return this.oncall.shifts(name, query);
  }

  @Post('policies/:name/simulate')
  @HttpCode(200)
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Who would be told when by this policy; pages nobody', reply: SimulateReply })
  simulate(@Param('name') name: string, @Body({ schema: SimulateBody }) body: SimulateBody) {
    return this.oncall.simulate(name, body);
  }
}
