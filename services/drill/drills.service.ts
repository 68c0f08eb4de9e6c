/** Drills: their runs, start and abort. */
import { DrillView } from '../../db/drill/drill-view.js';
import { DrillStarts } from '../../db/drill/start-drill.js';
import { DrillRuns } from '../../db/drill/drill-runs.js';
import { DataSource } from 'typeorm';
import { Injectable } from '@nestjs/common';
import { isUuid } from '../../db/connection/page.js';
import type { DrillRun } from '../../db/drill/drill-view.js';
import { getState } from '../../db/people/reader-view.js';
import type { Actor } from '../../domain/incident/state.js';
import { notFound, Problem } from '../common/problem.js';
import { startedDrill } from './started-drill.js';

export type { DrillRun } from '../../db/drill/drill-view.js';

@Injectable()
export class DrillsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly drills: DrillRuns,
    private readonly drillStarts: DrillStarts,
    private readonly drillView: DrillView,
  ) {}

  /** Newest first, each with the number of its incident. */
  async lastRuns(most: number): Promise<(DrillRun & { number: string | null })[]> {
    const runs = [];
    for (const run of await this.drillView.list(most))
      runs.push({ ...run, number: run.incident === null ? null : await this.numberOf(run.incident) });
    return runs;
  }

  /** The number of the incident it opened. A form that is pressed twice gives its id, and starts one run. */
  async start(name: string, actor: Actor, id?: string): Promise<string | null> {
    const started = await this.drillStarts.start(name, actor, ...(id === undefined ? [] : [id]));
    return this.numberOf(startedDrill(name, started).incident);
  }

  async abort(id: string, actor: Actor): Promise<void> {
    const run = isUuid(id) ? await this.drillView.get(id) : null;
    if (run === null) throw notFound('There is no such drill run.');
    if (run.state === 'finished')
      throw new Problem(409, 'drill_finished', `This run of ${run.drill} has already ended.`);
    await this.drills.finish(id, { state: 'aborted', by: actor, reason: `aborted by ${actor}` });
  }

  private async numberOf(incident: string): Promise<string | null> {
    return (await getState(this.dataSource, incident))?.state.number ?? null;
  }
}
