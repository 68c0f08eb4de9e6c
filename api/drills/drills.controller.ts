/** Drills: what is configured, starting one by hand, its runs with their scores, aborting. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Store } from '../../db/store.js';
import { isUuid } from '../../db/views/page.js';
import type { Identity } from '../common/identity.js';
import { notFound, Problem } from '../common/problem.js';
import { Caller, Documented, Permission } from '../common/route.js';
import { STORE } from '../common/tokens.js';

import { AbortBody, DrillRunReply, DrillRunsReply, DrillsReply, StartedDrillReply } from './drills.schemas.js';

const RUNS_SHOWN = 100;

@Controller('api/v1/drills')
export class DrillsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get()
  @Permission('drills.read')
  @Documented({ tag: 'Drills', summary: 'The drills that are configured', reply: DrillsReply })
  async list() {
    const drills = (await this.store.snapshots.latest(this.store.dataSource)).list('Drill');
    return { items: drills.map(({ name, revision, spec }) => ({ name, revision, ...spec })), next: null };
  }

  @Post(':name/start')
  @HttpCode(201)
  @Permission('drills.run')
  @Documented({ tag: 'Drills', summary: 'Starts a drill now', reply: StartedDrillReply, status: 201 })
  async start(@Param('name') name: string, @Caller() caller: Identity) {
    const started = await this.store.drills.start(name, caller.actor);
    if (started === null) throw notFound(`There is no drill ${name}.`);
    return started;
  }

  @Get('runs')
  @Permission('drills.read')
  @Documented({ tag: 'Drills', summary: 'Runs, newest first', reply: DrillRunsReply })
  async runs() {
    return { items: await this.store.drills.list(RUNS_SHOWN), next: null };
  }

  @Get('runs/:id')
  @Permission('drills.read')
  @Documented({ tag: 'Drills', summary: 'One run with its expectations, evidence and score', reply: DrillRunReply })
  async run(@Param('id') id: string) {
    const run = isUuid(id) ? await this.store.drills.get(id) : null;
    if (run === null) throw notFound(`There is no drill run ${id}.`);
    return run;
  }

  @Post('runs/:id/abort')
  @HttpCode(200)
  @Permission('drills.run')
  @Documented({ tag: 'Drills', summary: 'Ends a running drill at once', reply: DrillRunReply })
  async abort(@Param('id') id: string, @Body({ schema: AbortBody }) body: AbortBody, @Caller() caller: Identity) {
    const before = await this.run(id);
    if (before.state === 'finished') throw new Problem(409, 'drill_finished', `This run of ${before.drill} is over already.`);
    const by = caller.actor;
    return this.store.drills.finish(id, { state: 'aborted', by, reason: body.reason ?? `asked by ${by}` });
  }
}
