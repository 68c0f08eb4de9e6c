/** One incident: what it is, who has it, what happens next, everything that happened (ux.md §6 screen 4, in plain form). */
import type { ReactElement, ReactNode } from 'react';
import type { Answers } from '../../../db/views/answers-view.js';
import type { DeliveryReply } from '../../../db/views/delivery-view.js';
import type { IncidentDetail } from '../../../db/views/incident-view.js';
import type { Why } from '../../../db/views/why-view.js';
import type { RunView } from '../../../db/views/run-view.js';
import type { TimelineItem } from '../../../db/views/timeline-view.js';
import { stepText } from '../../../domain/incident/rung-text.js';
import type { RungOutlook, TrackOutlook } from '../outlook.js';
import { DrillBadge, PostmortemBadge, PriorityBadge, StateBadge, StatusBadge } from '../ui/badges.js';
import { Facts } from '../ui/fields.js';
import {
  AlertList,
  type DiagnosticSeen,
  DiagnosticList,
  exhaustedText,
  isOver,
  ResponderList,
  TimelineList,
} from '../ui/incident-bits.js';
import { Notice, type Said, SaidNotice } from '../ui/notice.js';
import { SafeLink } from '../ui/safe-link.js';
import { Time } from '../ui/time.js';
import { useViewer, Who, Whose } from '../ui/viewer.js';
import type { Room } from './desk.js';
import { IncidentActions } from './incident-actions.js';
import { roomFrame } from './room-frame.js';
import { RunCard, StartRun } from './run-card.js';
import { WhySection } from './why-section.js';

export interface IncidentView {
  incident: IncidentDetail;
  outlooks: readonly TrackOutlook[];
  runs: readonly RunView[];
  diagnostics: readonly DiagnosticSeen[];
  /** Newest first. */
  timeline: readonly TimelineItem[];
  /** Cursor of older events. */
  older: string | null;
  deliveries: readonly DeliveryReply[];
  answers: Answers;
  whys: readonly Why[];
  said: Said | null;
}

export function incidentPage(room: Room, view: IncidentView): ReactElement {
  const { incident, runs } = view;
  const over = isOver(incident);
  return roomFrame(
    room,
    { title: `${incident.number} ${incident.title}`, place: 'incidents', drill: incident.drill },
    <>
      <SaidNotice said={view.said} />
      <Header incident={incident} answers={view.answers} />
      <div className="cols">
        <div>
          {over ? <Postmortem incident={incident} /> : null}
          <IncidentActions room={room} incident={incident} />
          {runs.map((run) => (
            <RunCard key={run.id} room={room} number={incident.number} run={run} />
          ))}
          {incident.status === 'closed' ? null : <StartRun room={room} incident={incident} />}
        </div>
        <div className="side">
          <section className="card" aria-labelledby="people">
            <h2 id="people">Who is on it</h2>
            <ResponderList incident={incident} answers={view.answers} />
          </section>
          {over ? null : <Ladders outlooks={view.outlooks} />}
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
          <WhySection whys={view.whys} />
          <Deliveries deliveries={view.deliveries} />
        </div>
        <div>
          <Timeline view={view} />
        </div>
      </div>
    </>,
  );
}

/** Who has it; when nobody has any more, when it was first acknowledged. */
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
          <p>Call somebody, or acknowledge it yourself.</p>
        </Notice>
      ) : null}
      {incident.resolutionProposed ? (
        <Notice tone="info" title="All alerts are closed. Resolve it?">
          <p>
            Nobody is paged while nothing fires. It resolves by itself
            {incident.resolvesAt === null ? null : (
              <>
                {' '}
                at <Time at={incident.resolvesAt} />
              </>
            )}{' '}
            unless somebody does something before.
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
            : ['Pages again', <Time key="expires" at={incident.ackExpiresAt} />],
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
                'Look at',
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
        {incident.status === 'closed' ? 'Read it' : 'Open the post-mortem'}
      </a>
    </p>
  </section>
);

const rungName = ({ catchAll, step }: RungOutlook): string => {
  if (catchAll) return 'Catch-all';
  return step === 0 ? 'By name' : `Step ${step}`;
};

/** Who is next and when, with the names that the steps stand for at this moment. */
function Ladders({ outlooks }: { outlooks: readonly TrackOutlook[] }) {
  return (
    <section className="card" aria-labelledby="ladder">
      <h2 id="ladder">Escalation</h2>
      {outlooks.map(({ track, rungs, next }) => (
        <div key={track.name}>
          <h3>
            {track.team}
            {track.required ? ' (has to answer)' : ''}
          </h3>
          <p className="small">
            {track.phase === 'answered' ? '✓ answered' : null}
            {track.phase === 'stopped' ? 'not asked while nothing fires' : null}
            {track.phase === 'exhausted' ? 'no step is left' : null}
            {next === null ? null : (
              <>
                {track.phase === 'to_page' ? 'Paging now' : 'Next'}: <Whose people={next.outlook.people} />
                {next.at === null ? null : (
                  <>
                    , <Time at={next.at} />
                  </>
                )}
              </>
            )}
          </p>
          <ol className="log">
            {rungs.map((rung) => {
              const isCurrent =
                track.phase !== 'answered' && rung.step === Math.min(track.step, rungs.length);
              return (
                <li key={rung.step} className={isCurrent ? 'key' : undefined}>
                  {rungName(rung)}: <Whose people={rung.people} />
                  {isCurrent ? <strong> ← now</strong> : null}
                  {rung.wait === null ? null : <span className="soft small nowrap"> waits {rung.wait}</span>}
                  {rung.gaps.map((gap) => (
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

/** The ledger, row by row. */
function Deliveries({ deliveries }: { deliveries: readonly DeliveryReply[] }) {
  return (
    <section className="card" aria-labelledby="deliveries">
      <h2 id="deliveries">What was sent</h2>
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

const kinds: Readonly<Record<string, string>> = {
  'page.requested': 'page',
  'page.updated': 'page kept up to date',
  'approval.requested': 'approval asked',
  'review.requested': 'review asked',
  'notice.sent': 'notice',
};

function Delivery({ delivery }: { delivery: DeliveryReply }) {
  const { names } = useViewer();
  const tries = delivery.attempts.length;
  const last = delivery.attempts.at(-1);
  return (
    <>
      <strong>{names.get(delivery.person) ?? delivery.person}</strong> by {delivery.channel}{' '}
      <span className="soft small">({delivery.address})</span>
      <br />
      <StateBadge state={delivery.state} />{' '}
      <span className="small">
        {kinds[delivery.type] ?? delivery.type}
        {delivery.track === null ? '' : `, ${delivery.track} ${stepText(delivery.step)}`}
        {delivery.reason === null ? '' : `: ${delivery.reason}`}
        {delivery.held === null ? '' : `, ${delivery.held}`}
        {delivery.receipt === 'missing' ? ', no receipt came' : delivery.receipt === 'read' ? ', read' : ''}
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
