/** "You are being paged": what is wrong, who else knows, and three buttons (ux.md §3, §6 screen 1). */
import type { ReactElement } from 'react';
import type { Answers } from '../../../db/views/answers-view.js';
import type { AlertReply } from '../../../db/views/alert-view.js';
import type { IncidentDetail } from '../../../db/views/incident-view.js';
import type { RunSummary } from '../../../domain/incident/state.js';
import type { TrackOutlook } from '../outlook.js';
import { positionOf } from '../../../domain/incident/position.js';
import { Facts, Hidden } from '../ui/fields.js';
import {
  AlertList,
  type DiagnosticSeen,
  DiagnosticList,
  IncidentTags,
  OutlookLines,
  ResponderList,
} from '../ui/incident-bits.js';
import { Notice } from '../ui/notice.js';
import { SafeLink } from '../ui/safe-link.js';
import { lengthText } from '../ui/time-text.js';
import { Time } from '../ui/time.js';
import { nameOf, Who } from '../ui/viewer.js';
import { DoneNotice, linkFrame, RoomLink, YouAre } from './link-frame.js';
import { WaitingSteps, type WaitingStep } from './page-steps.js';
import { Comment, Work, type WorkView } from './page-work.js';

export interface PageLinkView extends WorkView {
  alerts: readonly AlertReply[];
  diagnostics: readonly DiagnosticSeen[];
  dashboards: IncidentDetail['links'];
  outlooks: readonly TrackOutlook[];
  steps: readonly WaitingStep[];
  answers: Answers;
  /** When this person said that they can't take it; null when they did not. */
  declinedAt: string | null;
}

/** May this person still pass it on? Only while a step is waiting for them. */
const mayDecline = ({ link: { incident, person } }: PageLinkView): boolean =>
  incident.tracks.some(
    (track) =>
      track.phase === 'waiting' &&
      incident.responders.some((one) => one.person === person.name && one.team === track.team),
  );

const isMine = ({ link: { incident, person } }: PageLinkView): boolean =>
  incident.status === 'acknowledged' && incident.acknowledgedBy === person.name;

/** Also who acknowledged after somebody else: they need not say it again. */
const hasAnswered = (view: PageLinkView): boolean => {
  const { incident, person } = view.link;
  return (
    isMine(view) || (incident.status === 'acknowledged' && acknowledgedAt(view.answers, person.name) !== null)
  );
};

const FORM = 'answer';

export function pageLinkPage(view: PageLinkView, styleNonce: string): ReactElement {
  const { link, nonce } = view;
  const { incident } = link;
  const works = incident.status === 'acknowledged' && view.mayRespond;
  const body = (
    <>
      <IncidentTags incident={incident} />
      <h1>
        <bdi>{incident.title}</bdi>
      </h1>
      <YouAre link={link} />
      {view.said === null ? <DoneNotice link={link} /> : null}
      <Standing view={view} />
      <WaitingSteps view={view} steps={view.steps} />
      <What view={view} />
      {nonce === null ? null : (
        <form method="post" id={FORM}>
          <Hidden fields={{ nonce, seen: positionOf(incident) }} />
          {works ? (
            <Work view={view} isMine={isMine(view)} />
          ) : (
            <div className="card">
              <Comment view={view} hint="Optional; goes on the record." />
            </div>
          )}
        </form>
      )}
      <People view={view} />
      {nonce === null ? null : <Actions view={view} works={works} />}
    </>
  );
  return linkFrame(view, `${incident.number} ${incident.title}`, styleNonce, body);
}

/** In reach of the thumb, whatever part of the page is read; they belong to the form by its name. */
function Actions({ view, works }: { view: PageLinkView; works: boolean }) {
  const { incident } = view.link;
  return (
    <div className="act stay">
      {hasAnswered(view) ? null : (
        <button className="main" form={FORM} type="submit" name="decision" value="acknowledge">
          {incident.status === 'acknowledged' ? 'Acknowledge too' : 'Acknowledge'}
        </button>
      )}
      {works && isMine(view) ? (
        <button className="main" form={FORM} type="submit" name="decision" value="update">
          Still on it
        </button>
      ) : null}
      {works ? (
        <a className="btn" href="#update">
          Note, hand over, resolve
        </a>
      ) : null}
      {mayDecline(view) && !hasAnswered(view) ? (
        <button form={FORM} type="submit" name="decision" value="decline">
          Can't take it
        </button>
      ) : null}
      <button form={FORM} type="submit" name="decision" value="escalate">
        Escalate
      </button>
    </div>
  );
}

/** What is true now, first of all: who has it, or that nobody has. */
function Standing({ view }: { view: PageLinkView }) {
  const { link, declinedAt } = view;
  const { incident } = link;
  const bridge = incident.status === 'closed' ? null : link.response.bridge;
  return (
    <>
      {standingNotice(view)}
      {declinedAt !== null && incident.status === 'triggered' ? (
        <Notice tone="info" title="You said that you can't take it">
          <p>
            <Time at={declinedAt} />. Changed your mind? You can still acknowledge.
          </p>
        </Notice>
      ) : null}
      {bridge === null ? null : (
        <p>
          <SafeLink url={bridge} className="btn">
            Join the bridge
          </SafeLink>
        </p>
      )}
      {incident.status === 'triggered' ? null : (
        <RoomLink link={link} path={incident.status === 'resolved' ? '/postmortem' : ''} />
      )}
    </>
  );
}

function standingNotice(view: PageLinkView) {
  const { link, names, answers } = view;
  const { incident, person } = link;
  switch (incident.status) {
    case 'triggered':
      return incident.snoozedUntil === null ? (
        <Notice tone="bad" title={openTitle(link, names)} />
      ) : (
        <Notice tone="warn" title="Paging is snoozed">
          <p>
            Paging is snoozed until <Time at={incident.snoozedUntil} />; then it starts again.
          </p>
        </Notice>
      );
    case 'acknowledged': {
      const by = incident.acknowledgedBy ?? 'somebody';
      const isYou = by === person.name;
      const since = acknowledgedAt(answers, by) ?? incident.acknowledgedAt;
      return (
        <Notice tone="good" title={isYou ? 'You have it' : `${nameOf(by, names)} has it`}>
          <p>
            Acknowledged by <Who actor={by} />
            {since === null ? null : (
              <>
                , <Time at={since} />
              </>
            )}
            .{isYou ? '' : faster(view, by, nameOf(by, names))}
          </p>
          {incident.snoozedUntil === null ? null : (
            <p>
              Paging is snoozed until <Time at={incident.snoozedUntil} />; then it starts again.
            </p>
          )}
          {incident.ackExpiresAt === null || incident.snoozedUntil !== null ? null : (
            <p className="small">
              Without an update from {isYou ? 'you' : 'them'}, paging starts again{' '}
              <Time at={incident.ackExpiresAt} />.
            </p>
          )}
        </Notice>
      );
    }
    case 'resolved':
      return (
        <Notice tone="good" title={`${incident.number} is resolved`}>
          <p>
            By <Who actor={incident.resolvedBy ?? 'tocsin'} />
            {incident.resolvedAt === null ? null : (
              <>
                , <Time at={incident.resolvedAt} />
              </>
            )}
            . There is nothing to answer any more.
          </p>
        </Notice>
      );
    case 'closed':
      return (
        <Notice tone="info" title={`${incident.number} is closed`}>
          <p>{incident.closedAt === null ? null : <Time at={incident.closedAt} />}</p>
        </Notice>
      );
  }
}

/** Nobody has it; somebody may have been asked for by name. */
function openTitle({ incident, person }: PageLinkView['link'], names: PageLinkView['names']): string {
  const named = incident.tracks.flatMap((track) => track.named ?? []);
  if (named.length === 0) return 'Nobody has acknowledged yet';
  return named.includes(person.name)
    ? 'You are asked to take it'
    : `${named.map((one) => nameOf(one, names)).join(' and ')} is asked to take it`;
}

/** When the acknowledgement of theirs that holds was given. */
const acknowledgedAt = (answers: Answers, person: string): string | null => {
  const answer = answers.get(person)?.answer ?? null;
  return answer?.kind === 'acknowledged' && answer.holds ? answer.at : null;
};

/** "Bo was 12 s faster": said to who acknowledged after somebody else. */
function faster({ link: { person }, answers }: PageLinkView, by: string, name: string): string {
  const mine = acknowledgedAt(answers, person.name);
  const theirs = acknowledgedAt(answers, by);
  if (mine === null || theirs === null) return '';
  const ms = Date.parse(mine) - Date.parse(theirs);
  return ms >= 0 ? ` ${name} was ${ms < 1000 ? 'a moment' : lengthText(ms)} faster; you are on it too.` : '';
}

function What({ view }: { view: PageLinkView }) {
  const { link, alerts, diagnostics, dashboards } = view;
  const { incident } = link;
  const runs = Object.values(incident.runs);
  return (
    <section className="card" aria-labelledby="what">
      <h2 id="what">What is wrong</h2>
      <Facts
        items={[
          ['Priority', <Why key="why" reasons={incident.priorityReasons} priority={incident.priority} />],
          ['Service', incident.service ?? 'unknown'],
          ['Team', incident.team],
          ['Since', <Time key="since" at={incident.createdAt} />],
          dashboards.length === 0
            ? null
            : [
                'Look at',
                <span key="links" className="row">
                  {dashboards.map(({ title, url }) => (
                    <SafeLink key={url} url={url}>
                      {title}
                    </SafeLink>
                  ))}
                </span>,
              ],
          runs.length === 0 ? null : ['Runbook', <Runs key="runs" runs={runs} />],
        ]}
      />
      <h3>
        Alerts ({incident.alertsOpen} open of {incident.alertsTotal})
      </h3>
      <AlertList alerts={alerts} total={incident.alertsTotal} labels={8} />
      {diagnostics.length === 0 ? null : (
        <>
          <h3>Diagnostics</h3>
          <DiagnosticList diagnostics={diagnostics} output={false} />
        </>
      )}
    </section>
  );
}

const Why = ({ priority, reasons }: { priority: string; reasons: readonly string[] }) => (
  <>
    {priority}
    {reasons.length === 0 ? null : (
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    )}
  </>
);

const Runs = ({ runs }: { runs: readonly RunSummary[] }) => (
  <>
    {runs.map((run) => {
      const waiting = Object.entries(run.steps).find(([, step]) => step.state === 'waiting');
      return (
        <span key={run.id}>
          {run.runbook}: {run.state}
          {waiting === undefined
            ? ''
            : `, ${waiting[0]} waits for ${waiting[1].kind === 'approve' ? 'an approval' : 'somebody'}`}
          <br />
        </span>
      );
    })}
  </>
);

function People({ view }: { view: PageLinkView }) {
  const { incident } = view.link;
  return (
    <section className="card" aria-labelledby="people">
      <h2 id="people">Who is on it</h2>
      <ResponderList incident={incident} answers={view.answers} />
      {incident.status === 'triggered' || incident.status === 'acknowledged' ? (
        <>
          <h3>What happens next</h3>
          <OutlookLines outlooks={view.outlooks} />
        </>
      ) : null}
    </section>
  );
}
