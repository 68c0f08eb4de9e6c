/** A sample message, and the messages of the past, through the pipeline of alerts. Stores nothing. */
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ReplayBody, ReplayReply, TrialBody, TrialReply } from '../../contracts/api/alert-trial.js';
import { Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import { AlertReplays } from '../../services/alert/alert-replays.service.js';
import { AlertTrials } from '../../services/alert/alert-trials.service.js';
import type { Identity } from '../../services/common/identity.js';

@Controller('api/v1/alerts')
export class AlertTrialsController {
  constructor(
    private readonly trials: AlertTrials,
    private readonly replays: AlertReplays,
  ) {}

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

  @Post('replay')
  @HttpCode(200)
  @Permission('config.read')
  @TeamKeys('asked')
  @Documented({
    tag: 'Alerts',
    summary:
      'Replays the received messages of the last days against proposed documents: pages fewer, lost and new',
    reply: ReplayReply,
  })
  replay(@Body({ schema: ReplayBody }) body: ReplayBody, @Caller() identity: Identity) {
    return this.replays.replay(body, identity);
  }
}
