/** Drills: rehearsals on the real code, started here by a person or by their schedule. */
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { AbortDrillBody, DrillRunReply, DrillStartedReply } from '../../contracts/api/drill.js';
import type { Identity } from '../../services/common/identity.js';
import { type DrillRun, DrillsService } from '../../services/drill/drills.service.js';
import { Caller, Documented, Permission } from '../../http/route.js';

const tag = 'Drills';

@Controller('api/v1/drills')
export class DrillsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly drills: DrillsService,
  ) {}

  @Get()
  @Permission('drills.read')
  @Documented({ tag, summary: 'Drills, each with its last run' })
  async list() {
    const drills = (await this.snapshots.latest(this.dataSource)).list('Drill');
    const runs = await this.drills.lastOfEach();
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
    return { items: await this.drills.lastRuns(100), next: null };
  }

  @Get('runs/:id')
  @Permission('drills.read')
  @Documented({
    tag,
    summary: 'One run: its score, and each expectation with its evidence',
    reply: DrillRunReply,
  })
  get(@Param('id') id: string): Promise<DrillRun> {
    return this.drills.run(id);
  }

  @Post('runs/:id/abort')
  @HttpCode(200)
  @Permission('drills.run')
  @Documented({ tag, summary: 'Aborts a running drill; its incident is resolved', reply: DrillRunReply })
  abort(
    @Param('id') id: string,
    @Body({ schema: AbortDrillBody }) { reason }: AbortDrillBody,
    @Caller() { actor }: Identity,
  ): Promise<DrillRun> {
    return this.drills.abort(id, actor, reason);
  }

  @Post(':name/start')
  @Permission('drills.run')
  @Documented({ tag, summary: 'Starts a drill now', reply: DrillStartedReply, status: 201 })
  start(@Param('name') name: string, @Caller() { actor }: Identity) {
    return this.drills.start(name, actor);
  }
}
