/** Runbook steps that wait for people, answered on the page link. */
import type { ApprovalView } from '../../services/reply/link-views.js';
import { positionOf } from '../../domain/incident/position.js';
import { Hidden, TextArea } from '../ui/fields.js';
import { Time } from '../ui/time.js';
import { Approvers } from '../ui/approvers.js';
import { ApprovedContent } from './approval-link.js';
import type { LinkView } from './link-frame.js';
import { titleOf } from '../ui/viewer.js';

export interface WaitingStep {
  run: string;
  runbook: string;
  step: string;
  /** The task or the question. */
  sentence: string;
  /** Null for a manual step. */
  approval: { of: ApprovalView; content: unknown } | null;
  /** True when this person may answer it. */
  mayAnswer: boolean;
}

export const WaitingSteps = ({ view, steps }: { view: LinkView; steps: readonly WaitingStep[] }) =>
  steps.map((one) => (
    <section
      key={`${one.run}/${one.step}`}
      className="card"
      aria-label={`Runbook ${titleOf('Runbook', one.runbook, view.names)}`}
    >
      <h2>
        Runbook {titleOf('Runbook', one.runbook, view.names)}:{' '}
        {one.approval === null ? 'manual step' : 'approval'}
      </h2>
      <p className="prose">{one.sentence}</p>
      {one.approval === null ? null : <Question approval={one.approval} />}
      {view.nonce === null || !one.mayAnswer ? null : <Answer view={view} nonce={view.nonce} waiting={one} />}
    </section>
  ));

const Question = ({ approval: { of, content } }: { approval: NonNullable<WaitingStep['approval']> }) => (
  <>
    <p className="small soft">
      Requested from <Approvers from={of.from} />
      {of.expiresAt === null ? null : (
        <>
          , until <Time at={of.expiresAt} />
        </>
      )}
    </p>
    <details>
      <summary>Inputs, exactly as they will be used</summary>
      <ApprovedContent content={content} />
    </details>
  </>
);

function Answer({ view, nonce, waiting }: { view: LinkView; nonce: string; waiting: WaitingStep }) {
  const { run, step, approval } = waiting;
  const digest: Record<string, string> = approval === null ? {} : { digest: approval.of.digest };
  return (
    <form method="post">
      <Hidden fields={{ nonce, seen: positionOf(view.link.incident), run, step, ...digest }} />
      <TextArea
        name="comment"
        id={`${run}-${step}`}
        label="Comment"
        hint={approval === null ? 'Required to skip: the reason' : 'Optional; goes on the record.'}
        value={view.typed['step'] === step ? (view.typed['comment'] ?? '') : ''}
        rows={2}
      />
      <p className="row">
        {approval === null ? (
          <>
            <button className="main" type="submit" name="decision" value="complete_step">
              Done
            </button>
            <button type="submit" name="decision" value="skip_step">
              Skip
            </button>
          </>
        ) : (
          <>
            <button className="main" type="submit" name="decision" value="approve">
              Approve
            </button>
            <button className="danger" type="submit" name="decision" value="reject">
              Reject
            </button>
          </>
        )}
      </p>
    </form>
  );
}
