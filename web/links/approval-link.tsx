/** Approval of exactly the content that is shown (docs/security.md §3.1): its digest is sent with the answer. */
import type { ReactElement } from 'react';
import { approvalOver } from '../../domain/reply/link-state.js';
import type { ApprovalView, RunView } from '../../services/reply/link-views.js';
import { Approvers } from '../ui/approvers.js';
import { StateBadge } from '../ui/badges.js';
import { Facts, Hidden, TextArea } from '../ui/fields.js';
import { IncidentTags } from '../ui/incident-parts.js';
import { Notice } from '../ui/notice.js';
import { Time } from '../ui/time.js';
import { stepTitle } from '../ui/step-sentence.js';
import { Named, nameOf, Who } from '../ui/viewer.js';
import { linkFrame, type LinkView, IncidentLink, UsedLine, YouAre } from './link-frame.js';
import { isObject } from '../../domain/shared/is-object.js';

export interface ApprovalLinkView extends LinkView {
  run: RunView;
  step: string;
  approval: ApprovalView;
  /** Content of the digest: inputs, outputs so far, the question. */
  content: unknown;
}

export function approvalLinkPage(view: ApprovalLinkView, styleNonce: string): ReactElement {
  const { link, run, approval, nonce, content } = view;
  const body = (
    <>
      <IncidentTags incident={link.incident} />
      <h1>
        <bdi>{approval.message}</bdi>
      </h1>
      <YouAre link={link} />
      <Outcome view={view} />
      <section className="card" aria-labelledby="what">
        <h2 id="what">What you decide</h2>
        <Facts
          items={[
            ['Incident', <bdi key="title">{link.incident.title}</bdi>],
            [
              'Runbook',
              <span key="runbook">
                <Named kind="Runbook" name={run.runbook} />, revision {run.revision}
                {run.dryRun ? ' (dry run)' : ''}
              </span>,
            ],
            ['Step', stepOf(view)],
            ['Started by', <Who key="by" actor={run.startedBy} />],
            ['Requested from', <Approvers key="from" from={approval.from} />],
            ['Needed', quorumText(approval)],
            [
              'Until',
              approval.expiresAt === null ? 'no deadline' : <Time key="until" at={approval.expiresAt} />,
            ],
          ]}
        />
        <h3>Inputs, exactly as they will be used</h3>
        <ApprovedContent content={content} />
      </section>
      {approval.decisions.length === 0 ? null : <Decisions decisions={approval.decisions} />}
      {nonce === null ? null : (
        <form method="post">
          <Hidden fields={{ nonce, digest: approval.digest }} />
          <div className="card">
            <TextArea
              name="comment"
              label="Comment"
              hint="Optional; goes on the record."
              value={view.typed['comment'] ?? ''}
              rows={2}
            />
          </div>
          <div className="act">
            <button className="main" type="submit" name="decision" value="approve">
              Approve
            </button>
            <button className="danger" type="submit" name="decision" value="reject">
              Reject
            </button>
          </div>
        </form>
      )}
      <UsedLine link={link} />
      <IncidentLink link={link} />
    </>
  );
  return linkFrame(view, `Approval: ${approval.message.slice(0, 80)}`, styleNonce, body);
}

/** The content of the digest. */
export function ApprovedContent({ content }: { content: unknown }) {
  const { inputs, outputs } = inputsOf(content);
  return (
    <>
      <Values values={inputs} />
      {Object.keys(outputs).length === 0 ? null : (
        <>
          <h3>Results so far</h3>
          <Values values={outputs} />
        </>
      )}
    </>
  );
}

const stepOf = ({ run, step }: ApprovalLinkView): string => {
  const found = run.steps.find(({ id }) => id === step);
  return found === undefined ? step : stepTitle(found);
};

function inputsOf(content: unknown): { inputs: Record<string, unknown>; outputs: Record<string, unknown> } {
  const { inputs, outputs } = isObject(content) ? content : {};
  const told = Object.entries(isObject(outputs) ? outputs : {}).filter(
    ([, value]) => !isObject(value) || Object.keys(value).length > 0,
  );
  return { inputs: isObject(inputs) ? inputs : {}, outputs: Object.fromEntries(told) };
}

const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

function Values({ values }: { values: Record<string, unknown> }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return <p className="soft">None.</p>;
  return (
    <Facts
      items={entries.map(([name, value]) => [
        name,
        <code key={name} className="prose">
          {valueText(value)}
        </code>,
      ])}
    />
  );
}

function quorumText({ min, decisions, twoPerson }: ApprovalView): string {
  const yes = decisions.filter(({ decision }) => decision === 'approve').length;
  const people = min === 1 ? 'one approval' : `${yes} of ${min} approvals so far`;
  return `${people}; one rejection ends it${twoPerson ? '; not by the person who started the run or wrote the runbook' : ''}`;
}

function Outcome({ view: { approval, link, names } }: { view: ApprovalLinkView }) {
  const mine = approval.decisions.find(({ person }) => person === link.person.name);
  const over = approvalOver(link.incident);
  const by = approval.decisions.map(({ person }) => nameOf(person, names)).join(', ');
  switch (approval.outcome) {
    case 'pending':
      if (over !== null)
        return (
          <Notice tone="warn" title={over.title}>
            <p>{over.detail}</p>
          </Notice>
        );
      if (mine !== undefined) {
        return (
          <Notice tone="good" title={`You answered: ${mine.decision}`}>
            <p>
              <Time at={mine.at} />. More approvals are needed.
            </p>
          </Notice>
        );
      }
      return isLate(approval, link.now) ? (
        <Notice tone="warn" title="The deadline for this approval has passed." />
      ) : null;
    case 'approved':
      return <Notice tone="good" title={`Approved by ${by}`} />;
    case 'rejected':
      return <Notice tone="bad" title={`Rejected by ${by}`} />;
    case 'expired':
      return <Notice tone="warn" title="Nobody decided in time; this approval has expired." />;
  }
}

/** The timer may be late; after the deadline no answer counts. */
const isLate = ({ expiresAt }: ApprovalView, now: string): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now);

/** True while this person may still answer. */
export const canAnswer = (approval: ApprovalView, person: string, now: string): boolean =>
  approval.outcome === 'pending' &&
  !isLate(approval, now) &&
  !approval.decisions.some((decision) => decision.person === person);

const Decisions = ({ decisions }: { decisions: ApprovalView['decisions'] }) => (
  <section className="card" aria-labelledby="answers">
    <h2 id="answers">Answers</h2>
    <ul className="plain">
      {decisions.map((one) => (
        <li key={one.person}>
          <StateBadge state={one.decision} /> <Who actor={one.person} />, <Time at={one.at} />
          {one.comment === null || one.comment === '' ? null : <p className="prose">{one.comment}</p>}
        </li>
      ))}
    </ul>
  </section>
);
