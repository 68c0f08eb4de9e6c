/** Back-test of priority rules on past incidents. */
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { PriorityBacktestBody, PriorityBacktestReply } from '../../contracts/api/priority-backtest.js';
import { Documented, Permission } from '../../http/route.js';
import { PriorityBacktests } from '../../services/incident/priority-backtest.service.js';

@Controller('api/v1/priority-rules')
export class PriorityRulesController {
  constructor(private readonly backtests: PriorityBacktests) {}

  @Post('backtest')
  @HttpCode(200)
  @Permission('config.read')
  @Documented({
    tag: 'Configuration',
    summary:
      'Back-tests priority rules: the incidents of the last quarter that would have had another priority',
    reply: PriorityBacktestReply,
  })
  backtest(@Body({ schema: PriorityBacktestBody }) { rules, ...range }: PriorityBacktestBody) {
    return this.backtests.backtest(rules, range);
  }
}
