/** A sample message through the pipeline of alerts. Stores nothing. */
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { TrialBody, TrialReply } from '../../contracts/api/alert-trial.js';
import { Caller, Documented, Permission } from '../../http/route.js';
import { AlertTrials } from '../../services/alert/alert-trials.service.js';
import type { Identity } from '../../services/common/identity.js';

@Controller('api/v1/alerts')
export class AlertTrialsController {
  constructor(private readonly trials: AlertTrials) {}

  @Post('simulate')
  @HttpCode(200)
  @Permission('config.read')
  @Documented({
    tag: 'Alerts',
    summary:
      'Tries a message: every stage with its reason, and the incident that it would open; stores nothing',
    reply: TrialReply,
  })
  simulate(@Body({ schema: TrialBody }) body: TrialBody, @Caller() identity: Identity) {
    return this.trials.simulate(body.source, body.body, identity);
  }
}
