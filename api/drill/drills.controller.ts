/** Drills: rehearsals on the real code, started here by a person or by their schedule. */
import { DrillView } from '../../db/drill/drill-view.js';
import { DrillStarts } from '../../db/drill/start-drill.js';
import { DrillRuns } from '../../db/drill/drill-runs.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { AbortDrillBody, DrillRunReply, DrillStartedReply } from '../../contracts/api/drill.js';
import type { DrillRun } from '../../db/drill/drill-view.js';
import { isUuid } from '../../db/connection/page.js';
import type { Identity } from '../../services/common/identity.js';
import { notFound, Problem } from '../../services/common/problem.js';
import { startedDrill } from '../../services/drill/started-drill.js';
import { Caller, Documented, Permission } from '../../http/route.js';

const tag = 'Drills';

@Controller('api/v1/drills')
export class DrillsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly drills: DrillRuns,
    private readonly drillStarts: DrillStarts,
    private readonly drillView: DrillView,
  ) {}

  @Get()
  @Permission('drills.read')
  @Documented({ tag, summary: 'Drills, each with its last run' })
  async list() {
    const drills = (await this.snapshots.latest(this.dataSource)).list('Drill');
    const runs = await this.drillView.last();
    const items = drills.map(({ name, spec: { service, schedule, surprise } }) => ({
      name,
      service,
      schedule,
      surprise,
      lastRun: runs.find((run) => run.drill === name) ?? null,
    }));
    return { items, next: null };
  }

  @Get('runs')
  @Permission('drills.read')
  @Documented({ tag, summary: 'Runs of all drills, newest first' })
  async runs() {
    return { items: await this.drillView.list(100), next: null };
  }

  @Get('runs/:id')
  @Permission('drills.read')
  @Documented({
    tag,
    summary: 'One run: its score, and each expectation with its evidence',
    reply: DrillRunReply,
  })
  get(@Param('id') id: string): Promise<DrillRun> {
    return this.run(id);
  }

  @Post('runs/:id/abort')
  @HttpCode(200)
  @Permission('drills.run')
  @Documented({ tag, summary: 'Aborts a running drill; its incident is resolved', reply: DrillRunReply })
  async abort(
    @Param('id') id: string,
    @Body({ schema: AbortDrillBody }) body: AbortDrillBody,
    @Caller() caller: Identity,
  ): Promise<DrillRun> {
    const run = await this.run(id);
    if (run.state !== 'running')
      throw new Problem(409, `drill_${run.state}`, `This drill has ${run.state} already.`, {
        members: { state: run },
      });
    const ended = await this.drills.finish(id, {
      state: 'aborted',
      by: caller.actor,
      reason: body.reason ?? `aborted by ${caller.actor}`,
    });
    return ended ?? run;
  }

  @Post(':name/start')
  @Permission('drills.run')
  @Documented({ tag, summary: 'Starts a drill now', reply: DrillStartedReply, status: 201 })
  async start(@Param('name') name: string, @Caller() caller: Identity) {
    const started = await this.drillStarts.start(name, caller.actor);
    return startedDrill(name, started);
  }

  private async run(id: string): Promise<DrillRun> {
    const run = isUuid(id) ? await this.drillView.get(id) : null;
    if (run === null) throw notFound(`There is no drill run ${id.slice(0, 64)}.`);
    return run;
  }
}
