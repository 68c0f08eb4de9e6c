/** Builds a run of four steps on an incident, decided and folded as in the database. For tests. */
import type { RunCommand } from '../../incident/commands.js';
import { IncidentBuilder } from '../../incident/testing/incident-builder.js';

export const RUN = 'run-1';
const DIGEST = 'd1';

type DueDelivery = Partial<Extract<RunCommand, { type: 'request_approval' }>>;

export class RunBuilder extends IncidentBuilder {
  constructor(startedBy = 'ana', titles: Readonly<Record<string, string>> = {}) {
    super();
    const steps = [
      { id: 'lag', kind: 'http' },
      { id: 'ok', kind: 'approve' },
      { id: 'verify', kind: 'manual' },
      { id: 'pause', kind: 'wait' },
    ] as const;
    const command: RunCommand = {
      type: 'start_run',
      run: RUN,
      runbook: 'drain',
      revision: 3,
      dryRun: false,
      steps: steps.map(({ id, kind }) => {
        const title = titles[id];
        return { id, kind, ...(title === undefined ? {} : { title }) };
      }),
    };
    this.ask(command, { actor: startedBy });
  }

  get run() {
    const run = this.state.runs[RUN];
    if (run === undefined) throw new Error('the run was not started');
    return run;
  }

  step(id: string) {
    const step = this.run.steps[id];
    if (step === undefined) throw new Error(`no step ${id}`);
    return step;
  }

  requestApproval(more: DueDelivery = {}): string {
    return this.ask({
      type: 'request_approval',
      run: RUN,
      step: 'ok',
      execution: 1,
      approval: 'approval-1',
      message: 'Drain db-1?',
      from: ['team:checkout'],
      min: 1,
      twoPerson: false,
      digest: DIGEST,
      expiresAt: null,
      people: ['ana', 'bo'],
      ...more,
    });
  }

  decide(
    person: string,
    decision: 'approve' | 'reject',
    more: { entitled?: boolean; isAuthor?: boolean; digest?: string | null; seconds?: number } = {},
  ): string {
    const { entitled = true, isAuthor = false, digest = DIGEST, seconds = 60 } = more;
    return this.ask(
      {
        type: 'decide_approval',
        run: RUN,
        step: 'ok',
        person,
        decision,
        comment: null,
        digest,
        entitled,
        isAuthor,
      },
      { seconds, actor: person },
    );
  }

  expire(execution = 1): string {
    return this.ask({ type: 'expire_approval', run: RUN, step: 'ok', execution });
  }

  wait(step = 'verify', execution = 1): string {
    return this.ask({ type: 'wait_for_step', run: RUN, step, execution });
  }

  finish(step: string, state: 'succeeded' | 'failed' | 'timed_out' | 'skipped', execution = 1): string {
    return this.ask({ type: 'finish_step', run: RUN, step, execution, state, text: state });
  }

  complete(step = 'verify', person = 'bo'): string {
    return this.ask({ type: 'complete_step', run: RUN, step, person, comment: null }, { actor: person });
  }

  skip(step = 'verify', reason = 'done by hand'): string {
    return this.ask({ type: 'skip_step', run: RUN, step, person: 'bo', reason }, { actor: 'bo' });
  }

  retry(step = 'lag'): string {
    return this.ask({ type: 'retry_step', run: RUN, step, person: 'bo' }, { actor: 'bo' });
  }
}
