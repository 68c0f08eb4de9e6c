/** Page of one incident: header, actions, responders, next steps, timeline (docs/ux.md §6). */
import type { ReactElement, ReactNode } from 'react';
import type { Answers } from '../../../db/incident/answers-view.js';
import type { DeliveryReply } from '../../../db/delivery/delivery-view.js';
import type { IncidentDetail } from '../../../db/incident/incident-view.js';
import type { Why } from '../../../db/delivery/why-view.js';
import type { RunView } from '../../../db/runbook/run-view.js';
import type { TimelineItem } from '../../../db/incident/timeline-view.js';
import { stepText } from '../../../domain/incident/step-text.js';
import type { StepPreview, EscalationPreview } from '../../../services/escalation/escalation-preview.js';
import { DrillBadge, PostmortemBadge, PriorityBadge, StateBadge, StatusBadge } from '../../ui/badges.js';
import { deliveryKind } from '../../ui/delivery-kind.js';
import { Facts } from '../../ui/fields.js';
import {
  AlertList,
  type DiagnosticSeen,
  DiagnosticList,
  exhaustedText,
  isOver,
  ResponderList,
  TimelineList,
} from '../../ui/incident-parts.js';
import { Notice, type Flash, FlashNotice } from '../../ui/notice.js';
import { SafeLink } from '../../ui/safe-link.js';
import { Time } from '../../ui/time.js';
import { nameOf, useViewer, Who, Whose } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { IncidentActions } from './incident-actions.js';
import { appFrame } from '../app-frame.js';
import { RunCard, StartRun } from './run-card.js';
import { WhySection } from './why-section.js';

export interface IncidentView {
  incident: IncidentDetail;
  previews: readonly EscalationPreview[];
  runs: readonly RunView[];
  diagnostics: readonly DiagnosticSeen[];
  /** Newest first. */
  timeline: readonly TimelineItem[];
  /** Cursor of older events. */
  older: string | null;
  deliveries: readonly DeliveryReply[];
  answers: Answers;
  explanations: readonly Why[];
  flash: Flash | null;
}

export function incidentPage(context: PageContext, view: IncidentView): ReactElement {
  const { incident, runs } = view;
  const over = isOver(incident);
  return appFrame(
    context,
    { title: `${incident.number} ${incident.title}`, section: 'incidents', drill: incident.drill },
    <>
      <FlashNotice flash={view.flash} />
      <Header incident={incident} answers={view.answers} />
      <div className="cols">
        <div>
          {over ? <Postmortem incident={incident} /> : null}
          <IncidentActions context={context} incident={incident} />
          {runs.map((run) => (
            <RunCard key={run.id} context={context} number={incident.number} run={run} />
          ))}
          {incident.status === 'closed' ? null : <StartRun context={context} incident={incident} />}
        </div>
        <div className="side">
          <section className="card" aria-labelledby="people">
            <h2 id="people">Responders</h2>
            <ResponderList incident={incident} answers={view.answers} />
          </section>
          {over ? null : <EscalationPreviews previews={view.previews} />}
          <section className="card" aria-labelledby="alerts">
            <h2 id="alerts">
              Alerts ({incident.alertsOpen} open of {incident.alertsTotal})
            </h2>
            <AlertList alerts={incident.alerts} total={incident.alertsTotal} labels={12} />
          </section>
          {view.diagnostics.length === 0 ? null : (
            <section className="card" aria-labelledby="diagnostics">
              <h2 id="diagnostics">Diagnostics</h2>
              <DiagnosticList diagnostics={view.diagnostics} output />
            </section>
          )}
          <WhySection explanations={view.explanations} />
          <Deliveries deliveries={view.deliveries} />
        </div>
        <div>
          <Timeline view={view} />
        </div>
      </div>
    </>,
  );
}

/** The acknowledgement that holds; without one, the time of the first acknowledgement. */
function holding(incident: IncidentDetail, answers: Answers): readonly [string, ReactNode] | null {
  const { acknowledgedAt, acknowledgedBy, status } = incident;
  if (acknowledgedAt === null) return null;
  if (status === 'triggered') return ['First acknowledged', <Time key="acknowledged" at={acknowledgedAt} />];
  const by = acknowledgedBy ?? 'tocsin';
  const answer = answers.get(by)?.answer;
  return [
    'Acknowledged',
    <span key="acknowledged">
      <Time at={answer?.kind === 'acknowledged' ? answer.at : acknowledgedAt} />, <Who actor={by} />
    </span>,
  ];
}

function Header({ incident, answers }: { incident: IncidentDetail; answers: Answers }) {
  const otherRoles = Object.entries(incident.roles).filter(([role]) => role !== 'commander');
  return (
    <div className={`card edge ${incident.status}`}>
      <p className="tags">
        <PriorityBadge priority={incident.priority} />
        <StatusBadge incident={incident} />
        {incident.drill ? <DrillBadge /> : null}
        <span className="soft">{incident.number}</span>
      </p>
      <h1>
        <bdi>{incident.title}</bdi>
      </h1>
      {incident.escalation.exhausted ? (
        <Notice tone="bad" title={exhaustedText(incident)}>
          <p>Call a colleague, or acknowledge it yourself.</p>
        </Notice>
      ) : null}
      {incident.resolutionProposed ? (
        <Notice tone="info" title="All alerts are closed. Resolve it?">
          <p>
            Nobody is paged while no alert fires. It is resolved automatically
            {incident.resolvesAt === null ? null : (
              <>
                {' '}
                at <Time at={incident.resolvesAt} />
              </>
            )}{' '}
            unless somebody acts before.
          </p>
        </Notice>
      ) : null}
      {incident.mergedInto === null ? null : <Notice tone="info" title="Merged into another incident" />}
      <Facts
        wide
        items={[
          [
            'Priority',
            <span key="why">
              {incident.priority}
              {incident.priorityReasons.length === 0 ? '' : `: ${incident.priorityReasons.join('; ')}`}
            </span>,
          ],
          ['Service', incident.service ?? 'unknown'],
          ['Team', incident.team],
          [
            'Commander',
            incident.commander === null ? 'nobody yet' : <Who key="commander" actor={incident.commander} />,
          ],
          ...otherRoles.map(([role, person]) => [role, <Who key={role} actor={person} />] as const),
          ['Began', <Time key="began" at={incident.createdAt} />],
          holding(incident, answers),
          incident.ackExpiresAt === null
            ? null
            : ['Acknowledgement expires', <Time key="expires" at={incident.ackExpiresAt} />],
          incident.snoozedUntil === null
            ? null
            : ['Snoozed until', <Time key="snoozed" at={incident.snoozedUntil} />],
          incident.resolvedAt === null
            ? null
            : [
                'Resolved',
                <span key="resolved">
                  <Time at={incident.resolvedAt} />, <Who actor={incident.resolvedBy ?? 'tocsin'} />
                </span>,
              ],
          incident.closedAt === null ? null : ['Closed', <Time key="closed" at={incident.closedAt} />],
          incident.links.length === 0
            ? null
            : [
                'Links',
                <span key="links" className="row">
                  {incident.links.map(({ title, url }) => (
                    <SafeLink key={url} url={url}>
                      {title}
                    </SafeLink>
                  ))}
                </span>,
              ],
        ]}
      />
      {incident.bridge === null || incident.status === 'closed' ? null : (
        <p>
          <SafeLink url={incident.bridge} className="btn">
            Join the bridge
          </SafeLink>
        </p>
      )}
    </div>
  );
}

const Postmortem = ({ incident }: { incident: IncidentDetail }) => (
  <section className="card" aria-labelledby="postmortem">
    <h2 id="postmortem">
      Post-mortem{' '}
      <PostmortemBadge status={incident.postmortem.status as IncidentDetail['postmortemStatus']} />
    </h2>
    {incident.status === 'closed' ? null : (
      <p>
        {incident.number} is closed once its post-mortem is reviewed and approved.
        {incident.postmortem.due === null ? null : (
          <>
            {' '}
            Due <Time at={incident.postmortem.due} />.
          </>
        )}
      </p>
    )}
    <p>
      <a className="btn" href={`/incidents/${incident.number}/postmortem`}>
        {incident.status === 'closed' ? 'Read the post-mortem' : 'Open the post-mortem'}
      </a>
    </p>
  </section>
);

const stepLabel = ({ catchAll, step }: StepPreview): string => {
  if (catchAll) return 'Catch-all';
  return step === 0 ? 'Reassigned' : `Step ${step}`;
};

/** The escalation path of each team with the people of each step as of now, and the next step. */
function EscalationPreviews({ previews }: { previews: readonly EscalationPreview[] }) {
  return (
    <section className="card" aria-labelledby="escalation">
      <h2 id="escalation">Escalation</h2>
      {previews.map(({ escalation, previews, next }) => (
        <div key={escalation.name}>
          <h3>
            {escalation.team}
            {escalation.required ? ' (must acknowledge)' : ''}
          </h3>
          <p className="small">
            {escalation.phase === 'answered' ? '✓ answered' : null}
            {escalation.phase === 'stopped' ? 'not paged while no alert fires' : null}
            {escalation.phase === 'exhausted' ? 'escalation exhausted' : null}
            {next === null ? null : (
              <>
                {escalation.phase === 'to_page' ? 'Paging now' : 'Next'}:{' '}
                <Whose people={next.preview.people} />
                {next.at === null ? null : (
                  <>
                    , <Time at={next.at} />
                  </>
                )}
              </>
            )}
          </p>
          <ol className="log">
            {previews.map((stepRef) => {
              const isCurrent =
                escalation.phase !== 'answered' &&
                stepRef.step === Math.min(escalation.step, previews.length);
              return (
                <li key={stepRef.step} className={isCurrent ? 'key' : undefined}>
                  {stepLabel(stepRef)}: <Whose people={stepRef.people} />
                  {isCurrent ? <strong> ← now</strong> : null}
                  {stepRef.wait === null ? null : (
                    <span className="soft small nowrap"> waits {stepRef.wait}</span>
                  )}
                  {stepRef.gaps.map((gap) => (
                    <span key={gap} className="small soft">
                      <br />
                      {gap}
                    </span>
                  ))}
                </li>
              );
            })}
          </ol>
        </div>
      ))}
    </section>
  );
}

function Timeline({ view: { incident, timeline, older } }: { view: IncidentView }) {
  return (
    <section className="card" aria-labelledby="timeline">
      <h2 id="timeline">Timeline, newest first</h2>
      <TimelineList items={timeline} />
      {older === null ? null : (
        <p>
          <a
            className="btn"
            href={`/incidents/${incident.number}?before=${encodeURIComponent(older)}#timeline`}
          >
            Older events
          </a>
        </p>
      )}
    </section>
  );
}

/** Rows of the delivery ledger. */
function Deliveries({ deliveries }: { deliveries: readonly DeliveryReply[] }) {
  return (
    <section className="card" aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      {deliveries.length === 0 ? <p className="soft">Nothing was sent yet.</p> : null}
      <ul className="plain">
        {deliveries.map((one) => (
          <li key={one.id}>
            <Delivery delivery={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Delivery({ delivery }: { delivery: DeliveryReply }) {
  const { names } = useViewer();
  const tries = delivery.attempts.length;
  const last = delivery.attempts.at(-1);
  return (
    <>
      <strong>{nameOf(delivery.person, names)}</strong> by {delivery.channel}{' '}
      <span className="soft small">({delivery.address})</span>
      <br />
      <StateBadge state={delivery.state} />{' '}
      <span className="small">
        {deliveryKind(delivery.type)}
        {delivery.escalation === null ? '' : `, ${delivery.escalation} ${stepText(delivery.step)}`}
        {delivery.reason === null ? '' : `: ${delivery.reason}`}
        {delivery.held === null ? '' : `, ${delivery.held}`}
        {delivery.receipt === 'missing' ? ', no receipt' : delivery.receipt === 'read' ? ', read' : ''}
      </span>
      <br />
      <span className="soft small">
        <Time at={last?.at ?? delivery.createdAt} only="absolute" />
        {tries > 1 ? `, ${tries} attempts` : ''}
        {last?.error === null || last?.error === undefined ? '' : `, ${last.error.slice(0, 160)}`}
        {delivery.attempts.some(({ possibleDuplicate }) => possibleDuplicate) ? ', possibly a duplicate' : ''}
      </span>
    </>
  );
}
