/** Page of drills: the scenarios, their last runs, start and abort. */
import { Controller, Param } from '@nestjs/common';
import { DrillsService } from '../../../services/drill/drills.service.js';
import type { Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { drillsPage } from './drills-page.js';

const RUNS_SHOWN = 12;

@Controller('drills')
export class DrillPagesController {
  constructor(private readonly drills: DrillsService) {}

  @PageRead('', { permission: 'drills.read', summary: 'Drills and their last runs' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page, null);
  }

  @PageForm(':name/start', { permission: 'drills.run', summary: 'Starts a drill now' })
  start(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    return page.submit(
      async () => this.drills.run((await this.drills.start(name, page.caller.actor, page.formId())).id),
      ({ number }) => (number === null ? '/drills' : `/incidents/${number}`),
      (refusal) => this.draw(page, refusal),
    );
  }

  @PageForm('runs/:id/abort', { permission: 'drills.run', summary: 'Aborts a running drill' })
  abort(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return page.submit(
      () => this.drills.abort(id, page.caller.actor),
      '/drills',
      (refusal) => this.draw(page, refusal),
    );
  }

  private async draw(page: PageCall, refusal: Refusal | null): Promise<void> {
    const context = await page.context();
    const runs = await this.drills.lastRuns(RUNS_SHOWN);
    await page.show(drillsPage(context, { runs, flash: refusal?.flash ?? null }), refusal);
  }
}
