/** Page of drills: the scenarios, their last runs, start and abort. */
import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from '../../../db/connection/store.js';
import { isUuid } from '../../../db/connection/page.js';
import { getState } from '../../../db/people/reader-view.js';
import type { Identity } from '../../../services/common/identity.js';
import { notFound, Problem } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { STORE } from '../../../services/common/tokens.js';
import { startedDrill } from '../../../services/drill/started-drill.js';
import { wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { attempt, type Refusal } from '../attempt.js';
import { drillsPage } from './drills-page.js';
import { PageContexts } from '../page-contexts.js';

const RUNS_SHOWN = 12;

@Controller()
export class DrillPagesController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly contexts: PageContexts,
  ) {}

  @Get('drills')
  @Permission('drills.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Drills and their last runs' })
  showDrills(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.drawDrills(caller, request, reply, null);
  }

  @Post('drills/:name/start')
  @Permission('drills.run')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Starts a drill now', status: 303 })
  async startDrill(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const idempotencyKey = wordsOf(body, 'idempotencyKey');
    // Id of the form: pressed twice, it starts one run.
    const { refusal, value: started } = await attempt(async () =>
      startedDrill(
        name,
        await this.store.drills.start(
          name,
          caller.actor,
          ...(idempotencyKey !== null && isUuid(idempotencyKey) ? [idempotencyKey] : []),
        ),
      ),
    );
    if (refusal !== null) return this.drawDrills(caller, request, reply, refusal);
    const opened = await getState(this.store.dataSource, started.incident);
    await seeOther(reply, opened === null ? '/drills' : `/incidents/${opened.state.number}`);
  }

  @Post('drills/runs/:id/abort')
  @Permission('drills.run')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Aborts a running drill', status: 303 })
  async abortDrill(
    @Param('id') id: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const { refusal } = await attempt(async () => {
      const run = isUuid(id) ? await this.store.drills.get(id) : null;
      if (run === null) throw notFound('There is no such drill run.');
      if (run.state === 'finished')
        throw new Problem(409, 'drill_finished', `This run of ${run.drill} has already ended.`);
      await this.store.drills.finish(id, {
        state: 'aborted',
        by: caller.actor,
        reason: `aborted by ${caller.actor}`,
      });
    });
    if (refusal === null) return seeOther(reply, '/drills');
    await this.drawDrills(caller, request, reply, refusal);
  }

  private async drawDrills(
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    refusal: Refusal | null,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    const runs = await this.store.drills.list(RUNS_SHOWN);
    const numbered = [];
    for (const run of runs) {
      const opened = run.incident === null ? null : await getState(this.store.dataSource, run.incident);
      numbered.push({ ...run, number: opened?.state.number ?? null });
    }
    await sendAppPage(
      reply,
      refusal?.status ?? 200,
      drillsPage(context, { runs: numbered, flash: refusal?.flash ?? null }),
    );
  }
}
