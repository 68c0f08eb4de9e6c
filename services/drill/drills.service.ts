/** Drills: their runs, start and abort. */
import { Injectable } from '@nestjs/common';
import { isUuid } from '../../db/connection/page.js';
import { DrillRuns } from '../../db/drill/drill-runs.js';
import { type DrillRun, DrillView } from '../../db/drill/drill-view.js';
import { DrillStarts, type StartedDrill } from '../../db/drill/start-drill.js';
import type { Actor } from '../../domain/incident/state.js';
import { notFound, Problem } from '../common/problem.js';
import { startedDrill } from './started-drill.js';

export type { DrillRun } from '../../db/drill/drill-view.js';

@Injectable()
export class DrillsService {
  constructor(
    private readonly drills: DrillRuns,
    private readonly drillStarts: DrillStarts,
    private readonly drillView: DrillView,
  ) {}

  /** Newest first. */
  lastRuns(most: number): Promise<DrillRun[]> {
    return this.drillView.list(most);
  }

  /** The last run of each drill. */
  lastOfEach(): Promise<DrillRun[]> {
    return this.drillView.last();
  }

  async run(id: string): Promise<DrillRun> {
    const run = isUuid(id) ? await this.drillView.get(id) : null;
    if (run === null) throw notFound(`There is no drill run ${id.slice(0, 64)}.`);
    return run;
  }

  /** A form that is pressed twice gives its id, and starts one run. */
  async start(name: string, actor: Actor, id?: string): Promise<StartedDrill> {
    return startedDrill(name, await this.drillStarts.start(name, actor, id));
  }

  /** Aborts a running drill; 409 when it has ended, also when another call ended it meanwhile. */
  async abort(id: string, actor: Actor, reason = `aborted by ${actor}`): Promise<DrillRun> {
    await this.run(id);
    const ended = await this.drills.finish(id, { state: 'aborted', by: actor, reason });
    if (ended !== null) return ended;
    const state = await this.run(id);
    throw new Problem(409, `drill_${state.state}`, `This drill has ${state.state} already.`, {
      members: { state },
    });
  }
}
