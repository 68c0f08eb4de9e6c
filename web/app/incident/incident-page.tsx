/** Page of one incident: header, actions, responders, next steps, timeline (docs/ux.md §6). */
import type { ReactElement } from 'react';
import type { EscalationPreview } from '../../../services/escalation/escalation-preview.js';
import type {
  Answers,
  DeliveryReply,
  IncidentDetail,
  TimelineItem,
  Why,
} from '../../../services/incident/incident-queries.service.js';
import type { MaintenanceWindow } from '../../../services/alert/maintenance.service.js';
import type { WatchPictureData } from '../../../services/watch/watches.service.js';
import type { SilenceView } from '../../../services/alert/silences.service.js';
import type { RunView } from '../../../services/runbook/runbooks.service.js';
import { PostmortemBadge } from '../../ui/badges.js';
import { type DiagnosticSeen, DiagnosticList } from '../../ui/diagnostic-list.js';
import { isOver, ResponderList, TimelineList } from '../../ui/incident-parts.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';
import { AlertsSection } from './alerts-section.js';
import { DeliveriesSection } from './deliveries-section.js';
import { EscalationSection } from './escalation-section.js';
import { IncidentActions } from './incident-actions.js';
import { IncidentHeader } from './incident-header.js';
import { RunCard, StartRun } from './run-card.js';
import { SilenceSection } from './silence-section.js';
import { WatchSection } from './watch-section.js';
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
  /** In force, and about an alert of the incident. */
  silences: readonly SilenceView[];
  windows: readonly MaintenanceWindow[];
  /** Of the watches whose alerts are in the incident, around its time. */
  pictures: readonly (WatchPictureData & { name: string })[];
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
      <IncidentHeader incident={incident} answers={view.answers} />
      <div className="cols">
        <div>
          {over ? <Review incident={incident} /> : null}
          <IncidentActions context={context} incident={incident} />
          <WatchSection pictures={view.pictures} />
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
          {over ? null : <EscalationSection previews={view.previews} />}
          <SilenceSection
            context={context}
            incident={incident}
            silences={view.silences}
            windows={view.windows}
          />
          {view.diagnostics.length === 0 ? null : (
            <section className="card" aria-labelledby="diagnostics">
              <h2 id="diagnostics">Diagnostics</h2>
              <DiagnosticList diagnostics={view.diagnostics} output />
            </section>
          )}
          <WhySection explanations={view.explanations} />
          <DeliveriesSection deliveries={view.deliveries} />
        </div>
        <div>
          <AlertsSection incident={incident} />
          <Timeline view={view} />
        </div>
      </div>
    </>,
  );
}

/** Small incidents are reviewed together, without a text of their own. */
const awaitsDigest = ({ status, reviewKind, postmortemStatus }: IncidentDetail): boolean =>
  status === 'resolved' && reviewKind === 'digest' && postmortemStatus === 'none';

const Digest = ({ incident: { number, reviewKind, postmortemStatus } }: { incident: IncidentDetail }) => (
  <section className="card" aria-labelledby="postmortem">
    <h2 id="postmortem">
      Review <PostmortemBadge status={postmortemStatus} kind={reviewKind} />
    </h2>
    <p>
      {number} is closed when the digest of its team is approved. Whoever reviews the digest can give it a
      post-mortem of its own.
    </p>
    <p>
      <a className="btn" href="/reviews">
        Digests and reviews
      </a>
    </p>
  </section>
);

const Review = ({ incident }: { incident: IncidentDetail }) =>
  awaitsDigest(incident) ? <Digest incident={incident} /> : <Postmortem incident={incident} />;

const Postmortem = ({ incident }: { incident: IncidentDetail }) => (
  <section className="card" aria-labelledby="postmortem">
    <h2 id="postmortem">
      Post-mortem <PostmortemBadge status={incident.postmortemStatus} kind={incident.reviewKind} />
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
