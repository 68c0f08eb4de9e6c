/** "You are being paged": the alert, the responders, and three buttons (docs/ux.md §6). */
import type { ReactElement } from 'react';
import type { AlertReply, Answers, IncidentDetail } from '../../services/reply/link-views.js';
import type { RunSummary } from '../../domain/incident/state.js';
import type { EscalationPreview } from '../../services/escalation/escalation-preview.js';
import { positionOf } from '../../domain/incident/position.js';
import { Facts, Hidden } from '../ui/fields.js';
import { AlertList } from '../ui/alert-list.js';
import { type DiagnosticSeen, DiagnosticList } from '../ui/diagnostic-list.js';
import { IncidentTags, PreviewLines, ResponderList } from '../ui/incident-parts.js';
import { Notice } from '../ui/notice.js';
import { SafeLink } from '../ui/safe-link.js';
import { lengthText } from '../ui/time-text.js';
import { Time } from '../ui/time.js';
import { nameOf, Who } from '../ui/viewer.js';
import { DoneNotice, linkFrame, IncidentLink, YouAre } from './link-frame.js';
import { WaitingSteps, type WaitingStep } from './page-steps.js';
import { Comment, Work, type WorkView } from './page-work.js';
import { endedBy } from '../../steps/registry.js';

export interface PageLinkView extends WorkView {
  alerts: readonly AlertReply[];
  diagnostics: readonly DiagnosticSeen[];
  dashboards: IncidentDetail['links'];
  previews: readonly EscalationPreview[];
  steps: readonly WaitingStep[];
  answers: Answers;
  /** When this person said "Can't take it"; null when they did not. */
  declinedAt: string | null;
}

/** True while a step waits for this person. */
const mayDecline = ({ link: { incident, person } }: PageLinkView): boolean =>
  incident.escalations.some(
    (escalation) =>
      escalation.phase === 'waiting' &&
      incident.responders.some((one) => one.person === person.name && one.team === escalation.team),
  );

const isMine = ({ link: { incident, person } }: PageLinkView): boolean =>
  incident.status === 'acknowledged' && incident.acknowledgedBy === person.name;

/** Also true for a person who acknowledged after the holder. */
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
      {view.flash === null ? <DoneNotice link={link} /> : null}
      <PageStatusNotice view={view} />
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

/** Fixed at the bottom of the screen, in reach of the thumb; the buttons belong to the form by its id. */
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
          Note, reassign, resolve
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

/** The current state, shown first: who has the incident, or that nobody has. */
function PageStatusNotice({ view }: { view: PageLinkView }) {
  const { link, declinedAt } = view;
  const { incident } = link;
  const bridge = incident.status === 'closed' ? null : link.response.bridge;
  return (
    <>
      {statusNotice(view)}
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
        <IncidentLink link={link} path={incident.status === 'resolved' ? '/postmortem' : ''} />
      )}
    </>
  );
}

function statusNotice(view: PageLinkView) {
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
            . No answer is needed any more.
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

/** Title of an incident that no one has acknowledged; a reassignment may have named a person. */
function openTitle({ incident, person }: PageLinkView['link'], names: PageLinkView['names']): string {
  const named = incident.escalations.flatMap((escalation) => escalation.named ?? []);
  if (named.length === 0) return 'Nobody has acknowledged yet';
  return named.includes(person.name)
    ? 'You are asked to take it'
    : `${named.map((one) => nameOf(one, names)).join(' and ')} is asked to take it`;
}

/** When this person's acknowledgement that still holds was given. */
const acknowledgedAt = (answers: Answers, person: string): string | null => {
  const answer = answers.get(person)?.answer ?? null;
  return answer?.kind === 'acknowledged' && answer.holds ? answer.at : null;
};

/** "Bo was 12 s faster": shown to a person who acknowledged after another. */
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
                'Links',
                <span key="links" className="row">
                  {dashboards.map(({ title, url }) => (
                    <SafeLink key={url} url={url}>
                      {title}
                    </SafeLink>
                  ))}
                </span>,
              ],
          runs.length === 0 ? null : ['Runbook', <Runs key="runs" runs={runs} steps={view.steps} />],
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

const Runs = ({ runs, steps }: { runs: readonly RunSummary[]; steps: readonly WaitingStep[] }) => (
  <>
    {runs.map((run) => {
      const waiting = Object.entries(run.steps).find(([, step]) => step.state === 'waiting');
      const known = steps.find((one) => one.run === run.id && one.step === waiting?.[0]);
      return (
        <span key={run.id}>
          {run.runbook}: {run.state}
          {waiting === undefined
            ? ''
            : `, waiting for ${endedBy(waiting[1].kind) === 'approval' ? 'an approval' : 'a person'}: ${known?.sentence ?? waiting[0]}`}
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
      <h2 id="people">Responders</h2>
      <ResponderList incident={incident} answers={view.answers} />
      {incident.status === 'triggered' || incident.status === 'acknowledged' ? (
        <>
          <h3>Next escalation steps</h3>
          <PreviewLines previews={view.previews} />
        </>
      ) : null}
    </section>
  );
}
