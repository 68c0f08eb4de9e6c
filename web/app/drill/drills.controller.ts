/** Page of drills: the scenarios, their last runs, start and abort. */
import { Controller, Inject, Param } from '@nestjs/common';
import type { Store } from '../../../db/connection/store.js';
import { isUuid } from '../../../db/connection/page.js';
import { getState } from '../../../db/people/reader-view.js';
import { notFound, Problem } from '../../../services/common/problem.js';
import { STORE } from '../../../services/common/tokens.js';
import { startedDrill } from '../../../services/drill/started-drill.js';
import type { Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { drillsPage } from './drills-page.js';

const RUNS_SHOWN = 12;

@Controller('drills')
export class DrillPagesController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @PageRead('', { permission: 'drills.read', summary: 'Drills and their last runs' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page, null);
  }

  @PageForm(':name/start', { permission: 'drills.run', summary: 'Starts a drill now' })
  start(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    const idempotencyKey = page.words('idempotencyKey');
    return page.submit(
      async () => {
        // Id of the form: pressed twice, it starts one run.
        const id = idempotencyKey !== null && isUuid(idempotencyKey) ? [idempotencyKey] : [];
        const { incident } = startedDrill(
          name,
          await this.store.drillStarts.start(name, page.caller.actor, ...id),
        );
        return (await getState(this.store.dataSource, incident))?.state.number ?? null;
      },
      (number) => (number === null ? '/drills' : `/incidents/${number}`),
      (refusal) => this.draw(page, refusal),
    );
  }

  @PageForm('runs/:id/abort', { permission: 'drills.run', summary: 'Aborts a running drill' })
  abort(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return page.submit(
      async () => {
        const run = isUuid(id) ? await this.store.drillView.get(id) : null;
        if (run === null) throw notFound('There is no such drill run.');
        if (run.state === 'finished')
          throw new Problem(409, 'drill_finished', `This run of ${run.drill} has already ended.`);
        const { actor } = page.caller;
        await this.store.drills.finish(id, { state: 'aborted', by: actor, reason: `aborted by ${actor}` });
      },
      '/drills',
      (refusal) => this.draw(page, refusal),
    );
  }

  private async draw(page: PageCall, refusal: Refusal | null): Promise<void> {
    const context = await page.context();
    const runs = [];
    for (const run of await this.store.drillView.list(RUNS_SHOWN)) {
      const opened = run.incident === null ? null : await getState(this.store.dataSource, run.incident);
      runs.push({ ...run, number: opened?.state.number ?? null });
    }
    await page.show(drillsPage(context, { runs, flash: refusal?.flash ?? null }), refusal);
  }
}
