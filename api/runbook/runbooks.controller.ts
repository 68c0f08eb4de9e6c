/** Runbook runs: started by people, shown, and answered step by step. */
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ReasonBody } from '../../contracts/api/incident-commands.js';
import { RunReply as reply, SkipStepBody, StartRunBody, StepActionBody } from '../../contracts/api/run.js';
import type { Identity } from '../../services/common/identity.js';
import { Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import { RunbooksService } from '../../services/runbook/runbooks.service.js';

const tag = 'Runbooks';

@Controller('api/v1')
export class RunbooksController {
  constructor(private readonly runbooks: RunbooksService) {}

  @Post('runbooks/:name/runs')
  @Permission('runbooks.run')
  @TeamKeys('asked')
  @Documented({ tag, summary: 'Starts a runbook on an incident', reply, status: 201 })
  start(
    @Param('name') name: string,
    @Body({ schema: StartRunBody }) body: StartRunBody,
    @Caller() caller: Identity,
  ) {
    return this.runbooks.start(name, body, caller);
  }

  @Get('runs/:id')
  @Permission('runbooks.read')
  @TeamKeys('run')
  @Documented({ tag, summary: 'One run with its steps', reply })
  get(@Param('id') id: string) {
    return this.runbooks.get(id);
  }

  @Post('runs/:id/cancel')
  @HttpCode(200)
  @Permission('runbooks.run')
  @TeamKeys('run')
  @Documented({ tag, summary: 'Cancels a run', reply })
  cancel(
    @Param('id') id: string,
    @Body({ schema: ReasonBody }) body: ReasonBody,
    @Caller() caller: Identity,
  ) {
    return this.runbooks.cancel(id, caller, body.person, body.reason ?? null);
  }

  @Post('runs/:id/steps/:step/complete')
  @HttpCode(200)
  @Permission('runbooks.run')
  @TeamKeys('run')
  @Documented({ tag, summary: 'Completes a manual step', reply })
  complete(
    @Param('id') run: string,
    @Param('step') step: string,
    @Body({ schema: StepActionBody }) body: StepActionBody,
    @Caller() identity: Identity,
  ) {
    return this.runbooks.completeStep({ run, step, identity, person: body.person }, body.comment ?? null);
  }

  @Post('runs/:id/steps/:step/skip')
  @HttpCode(200)
  @Permission('runbooks.run')
  @TeamKeys('run')
  @Documented({ tag, summary: 'Skips a failed or waiting step, with a reason', reply })
  skip(
    @Param('id') run: string,
    @Param('step') step: string,
    @Body({ schema: SkipStepBody }) body: StepActionBody,
    @Caller() identity: Identity,
  ) {
    return this.runbooks.skipStep({ run, step, identity, person: body.person }, body.comment ?? '');
  }

  @Post('runs/:id/steps/:step/retry')
  @HttpCode(200)
  @Permission('runbooks.run')
  @TeamKeys('run')
  @Documented({ tag, summary: 'Runs a failed step again', reply })
  retry(
    @Param('id') run: string,
    @Param('step') step: string,
    @Body({ schema: StepActionBody }) body: StepActionBody,
    @Caller() identity: Identity,
  ) {
    return this.runbooks.retryStep({ run, step, identity, person: body.person });
  }

  @Post('runs/:id/steps/:step/approve')
  @HttpCode(200)
  @Permission('runbooks.approve')
  @TeamKeys('run')
  @Documented({ tag, summary: 'Approves exactly the content that the step shows', reply })
  approve(
    @Param('id') run: string,
    @Param('step') step: string,
    @Body({ schema: StepActionBody }) body: StepActionBody,
    @Caller() identity: Identity,
  ) {
    const { comment, digest, person } = body;
    return this.runbooks.decideApproval({ run, step, identity, person }, 'approve', {
      comment: comment ?? null,
      digest: digest ?? null,
    });
  }

  @Post('runs/:id/steps/:step/reject')
  @HttpCode(200)
  @Permission('runbooks.approve')
  @TeamKeys('run')
  @Documented({ tag, summary: 'Rejects an approval', reply })
  reject(
    @Param('id') run: string,
    @Param('step') step: string,
    @Body({ schema: StepActionBody }) body: StepActionBody,
    @Caller() identity: Identity,
  ) {
    const { comment, digest, person } = body;
    return this.runbooks.decideApproval({ run, step, identity, person }, 'reject', {
      comment: comment ?? null,
      digest: digest ?? null,
    });
  }
}
