/** A runbook run: the state of its steps, and the form of the step that waits for people. */
import type { RunStepView, RunView } from '../../../services/runbook/runbooks.service.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { isStartedByPeople } from '../../../domain/runbook/started-by-people.js';
import { endedBy } from '../../../steps/registry.js';
import { StateBadge } from '../../ui/badges.js';
import { Hidden, SelectField, TextField } from '../../ui/fields.js';
import { stepTitle } from '../../ui/step-sentence.js';
import { Time } from '../../ui/time.js';
import { Named, Who } from '../../ui/viewer.js';
import { Approvers } from '../../ui/approvers.js';
import type { PageContext } from '../page-contexts.js';

interface Props {
  context: PageContext;
  number: string;
  run: RunView;
}

export function RunCard({ context, number, run }: Props) {
  return (
    <section className="card" aria-labelledby={`run-${run.id}`}>
      <h2 id={`run-${run.id}`}>
        Runbook <Named kind="Runbook" name={run.runbook} /> {run.dryRun ? '(dry run) ' : ''}
        <StateBadge state={run.state} />
      </h2>
      <p className="soft small">
        Revision {run.revision}, started by <Who actor={run.startedBy} /> <Time at={run.startedAt} />
      </p>
      <Inputs inputs={run.inputs} />
      <ol className="plain list">
        {run.steps.map((step) => (
          <li key={step.id}>
            <Step context={context} number={number} run={run} step={step} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Inputs({ inputs }: { inputs: Record<string, unknown> }) {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return null;
  return (
    <p className="small">
      {entries.map(([name, value]) => (
        <span key={name}>
          <code>
            {name}={typeof value === 'string' ? value : JSON.stringify(value)}
          </code>{' '}
        </span>
      ))}
    </p>
  );
}

function textOf({ output, error }: RunStepView): string | null {
  if (error !== null) return error;
  const text = output?.['text'];
  return typeof text === 'string' && text !== '' ? text : null;
}

function Step({ context, number, run, step }: Props & { step: RunStepView }) {
  const text = textOf(step);
  return (
    <>
      <p className="tags">
        <StateBadge state={step.state} />
        <strong>
          <bdi>{stepTitle(step)}</bdi>
        </strong>
        <span className="soft small">
          {step.kind}
          {step.attempts > 1 ? `, attempt ${step.attempts}` : ''}
          {step.finishedAt === null ? null : (
            <>
              , <Time at={step.finishedAt} only="relative" />
            </>
          )}
        </span>
      </p>
      {text === null ? null : <p className="prose small">{text}</p>}
      {step.approval === null ? null : <Approval approval={step.approval} />}
      <StepForm context={context} number={number} run={run} step={step} />
    </>
  );
}

const Approval = ({ approval }: { approval: NonNullable<RunStepView['approval']> }) => (
  <p className="small soft">
    Requested from <Approvers from={approval.from} />
    {approval.min > 1 ? `, ${approval.min} needed` : ''}
    {approval.expiresAt !== null && approval.outcome === 'pending' ? (
      <>
        , until <Time at={approval.expiresAt} />
      </>
    ) : null}
    {approval.decisions.map((one) => (
      <span key={one.person}>
        ; <Who actor={one.person} />: {one.decision}
      </span>
    ))}
  </p>
);

const isOver = (run: RunView): boolean => run.state !== 'running' && run.state !== 'waiting';

function StepForm({ context, number, run, step }: Props & { step: RunStepView }) {
  if (isOver(run)) return null;
  const { role, person } = context.identity;
  const path = `/incidents/${number}/runs/${run.id}/steps/${step.id}`;
  const fields = { csrf: context.frame.csrf };
  const id = `${run.id}-${step.id}-comment`;
  const by = endedBy(step.kind);
  if (by === 'approval') {
    const { approval } = step;
    const answered = approval?.decisions.some((one) => one.person === person) ?? false;
    if (
      step.state !== 'waiting' ||
      approval?.outcome !== 'pending' ||
      answered ||
      !mayDo(role, 'runbooks.approve')
    )
      return null;
    return (
      <form method="post" action={`${path}/answer`}>
        <Hidden fields={{ ...fields, digest: approval.digest }} />
        <TextField name="comment" id={id} label="Comment" hint="Optional" />
        <p className="row">
          <button className="main" type="submit" name="decision" value="approve">
            Approve
          </button>
          <button className="danger" type="submit" name="decision" value="reject">
            Reject
          </button>
        </p>
      </form>
    );
  }
  const failed = step.state === 'failed' || step.state === 'timed_out';
  const waiting = step.state === 'waiting';
  if ((!failed && !waiting) || !mayDo(role, 'runbooks.run')) return null;
  return (
    <form method="post" action={`${path}/act`}>
      <Hidden fields={fields} />
      <TextField name="comment" id={id} label="Comment" hint="Required to skip: the reason" />
      <p className="row">
        {waiting ? (
          <button className="main" type="submit" name="decision" value="complete">
            Done
          </button>
        ) : null}
        {by === 'effect' ? (
          <button type="submit" name="decision" value="retry">
            Retry
          </button>
        ) : null}
        <button type="submit" name="decision" value="skip">
          Skip
        </button>
      </p>
    </form>
  );
}

/** Starts a runbook with its default inputs. */
export function StartRun({
  context,
  incident: { number, position },
}: {
  context: PageContext;
  incident: { number: string; position: string };
}) {
  const runbooks = context.snapshot
    .list('Runbook')
    .filter(({ spec }) => isStartedByPeople(spec))
    .map(({ name, spec }) => ({ value: name, text: spec.displayName ?? name }));
  if (runbooks.length === 0 || !mayDo(context.identity.role, 'runbooks.run')) return null;
  return (
    <details className="card">
      <summary>Start a runbook</summary>
      <form method="post" action={`/incidents/${number}/runs`} className="inline">
        <Hidden fields={{ csrf: context.frame.csrf, idempotencyKey: context.idempotencyKey, position }} />
        <SelectField
          name="runbook"
          label="Runbook"
          hint="Starts with its default inputs."
          value={runbooks[0]?.value ?? ''}
          choices={runbooks}
        />
        <button type="submit">Start</button>
      </form>
    </details>
  );
}
