/** On-call queries. */
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { MonthQuery, OnCallReply, ShiftsQuery, ShiftsReply } from '../../contracts/api/oncall.js';
import { Documented, Permission } from '../../http/route.js';
import { OncallQuery } from '../../contracts/api/oncall-requests.js';
import { OncallService } from '../../services/oncall/oncall.service.js';

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
    summary: 'Shifts and coverage gaps of a schedule; they cover the whole range',
    reply: ShiftsReply,
  })
  shifts(@Param('name') name: string, @Query({ schema: ShiftsQuery }) query: ShiftsQuery) {
    return this.oncall.shifts(name, query);
  }

  @Get('schedules/:name/shifts.csv')
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Shifts and coverage gaps of a month as a table (text/csv), for payroll and planning',
  })
  async csv(
    @Param('name') name: string,
    @Query({ schema: MonthQuery }) { month }: MonthQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const text = await this.oncall.monthCsv(name, month);
    await reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}-${month}.csv"`)
      .send(text);
  }
}
