/** "You are being paged": the alert, the responders, and three buttons (docs/ux.md §6). */
import type { ReactElement } from 'react';
import { isOpenIncident } from '../../domain/incident/is-open.js';
import { positionOf } from '../../domain/incident/position.js';
import { Hidden } from '../ui/fields.js';
import { IncidentTags, PreviewLines, ResponderList } from '../ui/incident-parts.js';
import { DoneNotice, linkFrame, YouAre } from './link-frame.js';
import { PageFacts } from './page-facts.js';
import { PageStatusNotice } from './page-status.js';
import { WaitingSteps } from './page-steps.js';
import { hasAnswered, isMine, mayDecline, type PageLinkView } from './page-view.js';
import { Comment, Work } from './page-work.js';

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
      <PageFacts view={view} />
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

function People({ view }: { view: PageLinkView }) {
  const { incident } = view.link;
  return (
    <section className="card" aria-labelledby="people">
      <h2 id="people">Responders</h2>
      <ResponderList incident={incident} answers={view.answers} />
      {isOpenIncident(incident) ? (
        <>
          <h3>Next escalation steps</h3>
          <PreviewLines previews={view.previews} />
        </>
      ) : null}
    </section>
  );
}
