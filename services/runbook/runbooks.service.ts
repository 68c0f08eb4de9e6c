/** Runbook runs: start, decide about steps, cancel. For the REST routes and the pages. */
import { RunCommands } from '../../db/runbook/run-commands.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Injectable } from '@nestjs/common';
import type { StartRunBody } from '../../contracts/api/run.js';
import type { RecordOutcome } from '../../db/incident/record.js';
import type { Store } from '../../db/connection/store.js';
import { getRun, type RunView } from '../../db/runbook/run-view.js';
import { requireIncidentOfTeam } from '../access/team-keys.js';
import { acting, ownPerson } from '../common/acting.js';
import { isStartedByPeople } from '../../domain/runbook/started-by-people.js';
import type { Identity } from '../common/identity.js';
import { stateAfter } from '../common/outcome.js';
import { invalid, notFound, Problem } from '../common/problem.js';
import { IncidentsService } from '../incident/incidents.service.js';

export type { RunStepView, RunView } from '../../db/runbook/run-view.js';

export interface StepRequest {
  run: string;
  step: string;
  identity: Identity;
  person?: string | undefined;
}

@Injectable()
export class RunbooksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly runCommands: RunCommands,
    private readonly incidents: IncidentsService,
  ) {}

  async get(id: string): Promise<RunView> {
    const run = await getRun(this.dataSource, id);
    if (run === null) throw notFound(`There is no run ${id.slice(0, 64)}.`);
    return run;
  }

  async start(
    runbook: string,
    { incident, inputs, dryRun, person, position }: StartRunBody,
    identity: Identity,
    /** Id from a form that may be pressed twice. */
    runId?: string,
  ): Promise<RunView> {
    const { actor, onBehalfOf } = acting(identity, person, await this.snapshot());
    await requireIncidentOfTeam(this.dataSource, identity, incident);
    const document = (await this.snapshot()).get('Runbook', runbook);
    if (document !== undefined && !isStartedByPeople(document.spec))
      throw new Problem(
        409,
        'not_started_by_people',
        `The runbook ${runbook} is started by incidents only: its document says on.manual: false.`,
      );
    const started = await this.runCommands.start({
      incidentId: await this.incidents.idOf(incident),
      runbook,
      inputs,
      ...(runId === undefined ? {} : { runId }),
      dryRun,
      startedBy: actor,
      onBehalfOf,
      seen: position,
    });
    switch (started.kind) {
      case 'no_runbook':
        throw notFound(`${started.detail}.`);
      case 'no_incident':
        throw notFound(`There is no incident ${incident}.`);
      case 'invalid_inputs': {
        const errors = started.problems.map(({ field, problem }) => ({
          path: `inputs.${field}`,
          message: problem,
        }));
        throw invalid(
          `The inputs were not accepted: ${errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
          errors,
        );
      }
      case 'started':
        stateAfter(started.outcome);
        return this.get(started.runId);
    }
  }

  /** `digest` null: the caller was shown no content. */
  async decideApproval(
    request: StepRequest,
    decision: 'approve' | 'reject',
    { comment, digest }: { comment: string | null; digest: string | null },
  ): Promise<RunView> {
    const person = ownPerson(request.identity, request.person, 'An approval');
    const input = { runId: request.run, step: request.step, person, decision, comment, digest };
    return this.after(request.run, await this.runCommands.decideApproval(input));
  }

  async completeStep(request: StepRequest, comment: string | null): Promise<RunView> {
    return this.act(request, { type: 'complete_step', comment });
  }

  async skipStep(request: StepRequest, reason: string): Promise<RunView> {
    return this.act(request, { type: 'skip_step', reason });
  }

  async retryStep(request: StepRequest): Promise<RunView> {
    return this.act(request, { type: 'retry_step' });
  }

  async cancel(
    run: string,
    identity: Identity,
    person: string | undefined,
    reason: string | null,
  ): Promise<RunView> {
    const by = acting(identity, person, await this.snapshot());
    return this.after(run, await this.runCommands.cancel(run, by, reason));
  }

  private async act(
    { run, step, identity, person }: StepRequest,
    input: Parameters<Store['runCommands']['act']>[3],
  ): Promise<RunView> {
    const by = acting(identity, person, await this.snapshot());
    return this.after(run, await this.runCommands.act(run, step, by, input));
  }

  private async after(run: string, outcome: RecordOutcome): Promise<RunView> {
    if (outcome.kind === 'not_found') throw notFound(`There is no run ${run.slice(0, 64)}.`);
    if (outcome.kind === 'refused' && (outcome.code === 'no_such_step' || outcome.code === 'no_such_run'))
      throw notFound(`${outcome.detail}.`);
    stateAfter(outcome);
    return this.get(run);
  }

  private snapshot() {
    return this.snapshots.latest(this.dataSource);
  }
}
