/** Forms of a runbook run on the page of its incident. */
import { Controller, Param } from '@nestjs/common';
import { StartRunBody } from '../../../contracts/api/run.js';
import { invalid, notFound } from '../../../services/common/problem.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { RunbooksService, type StepRequest } from '../../../services/runbook/runbooks.service.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm } from '../page-route.js';
import { parsed } from '../parsed.js';
import { IncidentPageLoader } from './incident-page-loader.js';

@Controller('incidents/:number/runs')
export class RunPagesController {
  constructor(
    private readonly pages: IncidentPageLoader,
    private readonly incidents: IncidentsService,
    private readonly runbooks: RunbooksService,
  ) {}

  @PageForm('', { permission: 'runbooks.run', summary: 'Starts a runbook with its default inputs' })
  start(@Page() page: PageCall, @Param('number') number: string) {
    const position = page.words('position') ?? undefined;
    return this.pages.submit(page, number, async () =>
      this.runbooks.start(
        page.field('runbook'),
        parsed(StartRunBody, { incident: number, position }),
        page.caller,
        page.formId(),
      ),
    );
  }

  @PageForm(':run/steps/:step/answer', { permission: 'runbooks.approve', summary: 'Approves or rejects' })
  decide(
    @Page() page: PageCall,
    @Param('number') number: string,
    @Param('run') run: string,
    @Param('step') step: string,
  ) {
    return this.pages.submit(page, number, async () => {
      const decision = (['approve', 'reject'] as const).find((one) => one === page.field('decision'));
      if (decision === undefined) throw invalid('Press Approve or Reject.', []);
      await this.requireRunOf(number, run);
      const answer = { comment: page.words('comment'), digest: page.field('digest') };
      await this.runbooks.decideApproval({ run, step, identity: page.caller }, decision, answer);
    });
  }

  @PageForm(':run/steps/:step/act', {
    permission: 'runbooks.run',
    summary: 'Completes, retries or skips a step',
  })
  act(
    @Page() page: PageCall,
    @Param('number') number: string,
    @Param('run') run: string,
    @Param('step') step: string,
  ) {
    return this.pages.submit(page, number, async () => {
      await this.requireRunOf(number, run);
      await this.pressed(page, { run, step, identity: page.caller });
    });
  }

  private pressed(page: PageCall, request: StepRequest): Promise<unknown> {
    const comment = page.words('comment');
    switch (page.field('decision')) {
      case 'complete':
        return this.runbooks.completeStep(request, comment);
      case 'retry':
        return this.runbooks.retryStep(request);
      case 'skip':
        return this.runbooks.skipStep(request, comment ?? '');
      default:
        throw invalid('Press Done, Retry or Skip.', []);
    }
  }

  private async requireRunOf(number: string, run: string): Promise<void> {
    const { incident } = await this.runbooks.get(run);
    if (incident !== (await this.incidents.idOf(number))) throw notFound(`${number} has no such run.`);
  }
}
