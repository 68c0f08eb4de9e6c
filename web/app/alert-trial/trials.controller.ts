/** Pages that try a message, and replay the messages of the past against documents. They store nothing. */
import { Controller } from '@nestjs/common';
import { ReplayBody, TrialBody } from '../../../contracts/api/alert-trial.js';
import { AlertReplays } from '../../../services/alert/alert-replays.service.js';
import { AlertTrials } from '../../../services/alert/alert-trials.service.js';
import { attempt } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { parsed } from '../parsed.js';
import { replayPage } from './replay-page.js';
import { trialPage } from './trial-page.js';

@Controller('alerts')
export class TrialPagesController {
  constructor(
    private readonly trials: AlertTrials,
    private readonly replays: AlertReplays,
  ) {}

  @PageRead('simulate', { permission: 'config.read', summary: 'A form to try a message' })
  async form(@Page() page: PageCall): Promise<void> {
    const typed = { source: page.query('source') ?? '', body: '' };
    await page.show(trialPage(await page.context(), { typed, answer: null, flash: null }));
  }

  @PageForm('simulate', {
    permission: 'config.read',
    summary: 'Tries a message; stores nothing',
    status: 200,
  })
  async simulate(@Page() page: PageCall): Promise<void> {
    const typed = { source: page.field('source'), body: page.field('body') };
    const { refusal, value } = await attempt(async () => {
      const { source, body } = parsed(TrialBody, typed);
      return this.trials.simulate(source, body, page.caller);
    });
    const view = { typed, answer: value, flash: refusal?.flash ?? null };
    await page.show(trialPage(await page.context(), view), refusal);
  }

  @PageRead('replay', { permission: 'config.read', summary: 'A form to replay messages of the past' })
  async replayForm(@Page() page: PageCall): Promise<void> {
    const typed = { days: '7', documents: '' };
    await page.show(replayPage(await page.context(), { typed, replay: null, flash: null }));
  }

  @PageForm('replay', {
    permission: 'config.read',
    summary: 'Replays received messages against documents; stores nothing',
    status: 200,
  })
  async replay(@Page() page: PageCall): Promise<void> {
    const typed = { days: page.field('days'), documents: page.field('documents') };
    const { refusal, value } = await attempt(async () => {
      const days = /^\d{1,3}$/.test(typed.days) ? Number(typed.days) : typed.days;
      return this.replays.replay(parsed(ReplayBody, { ...typed, days }), page.caller);
    });
    const view = { typed, replay: value, flash: refusal?.flash ?? null };
    await page.show(replayPage(await page.context(), view), refusal);
  }
}
