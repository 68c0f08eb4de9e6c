/** Forms of a runbook run on the page of its incident. */
import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StartRunBody } from '../../../contracts/api/run.js';
import { isUuid } from '../../../db/connection/page.js';
import type { Identity } from '../../../services/common/identity.js';
import { invalid, notFound } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { RunbooksService, type StepRequest } from '../../../services/runbook/runbooks.service.js';
import { fieldOf, wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { attempt } from '../attempt.js';
import { PageContexts } from '../page-contexts.js';
import { IncidentPageLoader } from './incident-page-loader.js';
import { parsed } from '../parsed.js';

@Controller('incidents/:number/runs')
export class RunPagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly context: IncidentPageLoader,
    private readonly incidents: IncidentsService,
    private readonly runbooks: RunbooksService,
  ) {}

  @Post()
  @Permission('runbooks.run')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Starts a runbook with its default inputs', status: 303 })
  start(
    @Param('number') number: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ) {
    // Id of the form: pressed twice, it starts one run.
    const idempotencyKey = fieldOf(body, 'idempotencyKey');
    const runId = isUuid(idempotencyKey) ? idempotencyKey : undefined;
    return this.answer(number, caller, request, reply, body, () =>
      this.runbooks.start(
        fieldOf(body, 'runbook'),
        parsed(StartRunBody, { incident: number, position: wordsOf(body, 'position') ?? undefined }),
        caller,
        runId,
      ),
    );
  }

  @Post(':run/steps/:step/answer')
  @Permission('runbooks.approve')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Approves or rejects', status: 303 })
  decide(
    @Param('number') number: string,
    @Param('run') run: string,
    @Param('step') step: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ) {
    const decision = (['approve', 'reject'] as const).find((one) => one === fieldOf(body, 'decision'));
    return this.answer(number, caller, request, reply, body, async () => {
      if (decision === undefined) throw invalid('Press Approve or Reject.', []);
      await this.requireRunOf(number, run);
      const flash = { comment: wordsOf(body, 'comment'), digest: fieldOf(body, 'digest') };
      await this.runbooks.decideApproval({ run, step, identity: caller }, decision, flash);
    });
  }

  @Post(':run/steps/:step/act')
  @Permission('runbooks.run')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Completes, retries or skips a step', status: 303 })
  act(
    @Param('number') number: string,
    @Param('run') run: string,
    @Param('step') step: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ) {
    return this.answer(number, caller, request, reply, body, async () => {
      await this.requireRunOf(number, run);
      await this.pressed({ run, step, identity: caller }, body);
    });
  }

  private pressed(incidentRequest: StepRequest, body: unknown): Promise<unknown> {
    const comment = wordsOf(body, 'comment');
    switch (fieldOf(body, 'decision')) {
      case 'complete':
        return this.runbooks.completeStep(incidentRequest, comment);
      case 'retry':
        return this.runbooks.retryStep(incidentRequest);
      case 'skip':
        return this.runbooks.skipStep(incidentRequest, comment ?? '');
      default:
        throw invalid('Press Done, Retry or Skip.', []);
    }
  }

  private async requireRunOf(number: string, run: string): Promise<void> {
    const { incident } = await this.runbooks.get(run);
    if (incident !== (await this.incidents.idOf(number))) throw notFound(`${number} has no such run.`);
  }

  private async answer(
    number: string,
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    body: unknown,
    work: () => Promise<unknown>,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const { refusal } = await attempt(work);
    if (refusal === null) return seeOther(reply, `/incidents/${encodeURIComponent(number)}`);
    await sendAppPage(
      reply,
      refusal.status,
      await this.context.page(number, caller, request, { before: null, flash: refusal.flash }),
    );
  }
}
