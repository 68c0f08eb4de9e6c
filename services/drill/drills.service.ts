/** Drills: their runs, start and abort. */
import { Inject, Injectable } from '@nestjs/common';
import { isUuid } from '../../db/connection/page.js';
import type { Store } from '../../db/connection/store.js';
import type { DrillRun } from '../../db/drill/drill-view.js';
import { getState } from '../../db/people/reader-view.js';
import type { Actor } from '../../domain/incident/state.js';
import { notFound, Problem } from '../common/problem.js';
import { STORE } from '../common/tokens.js';
import { startedDrill } from './started-drill.js';

export type { DrillRun } from '../../db/drill/drill-view.js';

@Injectable()
export class DrillsService {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Newest first, each with the number of its incident. */
  async lastRuns(most: number): Promise<(DrillRun & { number: string | null })[]> {
    const runs = [];
    for (const run of await this.store.drillView.list(most))
      runs.push({ ...run, number: run.incident === null ? null : await this.numberOf(run.incident) });
    return runs;
  }

  /** The number of the incident it opened. A form that is pressed twice gives its id, and starts one run. */
  async start(name: string, actor: Actor, id?: string): Promise<string | null> {
    const started = await this.store.drillStarts.start(name, actor, ...(id === undefined ? [] : [id]));
    return this.numberOf(startedDrill(name, started).incident);
  }

  async abort(id: string, actor: Actor): Promise<void> {
    const run = isUuid(id) ? await this.store.drillView.get(id) : null;
    if (run === null) throw notFound('There is no such drill run.');
    if (run.state === 'finished')
      throw new Problem(409, 'drill_finished', `This run of ${run.drill} has already ended.`);
    await this.store.drills.finish(id, { state: 'aborted', by: actor, reason: `aborted by ${actor}` });
  }

  private async numberOf(incident: string): Promise<string | null> {
    return (await getState(this.store.dataSource, incident))?.state.number ?? null;
  }
}
