/** Simulation and back-test of policies. */
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { BacktestBody, BacktestReply, SimulateBody, SimulateReply } from '../../contracts/api/policy.js';
import type { Identity } from '../../services/common/identity.js';
import { Caller, Documented, Permission } from '../../http/route.js';
import { PoliciesService } from '../../services/escalation/policies.service.js';

const tag = 'On-call';

@Controller('api/v1/policies')
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @Post(':name/simulate')
  @HttpCode(200)
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Simulates a policy: who would be paged when; pages nobody',
    reply: SimulateReply,
  })
  simulate(
    @Param('name') name: string,
    @Body({ schema: SimulateBody }) body: SimulateBody,
    @Caller() identity: Identity,
  ) {
    return this.policies.simulate(name, body, identity);
  }

  @Post(':name/backtest')
  @HttpCode(200)
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Back-tests a policy on past incidents: time to acknowledge, pages, broken nights',
    reply: BacktestReply,
  })
  backtest(
    @Param('name') name: string,
    @Body({ schema: BacktestBody }) body: BacktestBody,
    @Caller() identity: Identity,
  ) {
    return this.policies.backtest(name, body, identity);
  }
}
