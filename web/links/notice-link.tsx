/** Page of a notice, which has nothing to decide. */
import type { ReactElement } from 'react';
import { IncidentTags } from '../ui/incident-parts.js';
import { Sentence, Time } from '../ui/time.js';
import { linkFrame, type LinkView, IncidentLink, UsedLine, YouAre } from './link-frame.js';

export function noticeLinkPage(view: LinkView, styleNonce: string): ReactElement {
  const { link } = view;
  const text = link.subject['text'];
  const body = (
    <>
      <IncidentTags incident={link.incident} />
      <h1>
        <bdi>{link.incident.title}</bdi>
      </h1>
      <YouAre link={link} />
      <section className="card" aria-labelledby="notice">
        <h2 id="notice">Notice</h2>
        <p className="prose">
          <Sentence text={typeof text === 'string' ? text : ''} />
        </p>
        <p className="soft small">
          <Time at={link.createdAt} />
        </p>
      </section>
      <IncidentLink link={link} />
      <IncidentLink link={link} path="/postmortem" />
    </>
  );
  return linkFrame(view, `Notice about ${link.incident.number}`, styleNonce, body);
}

/** Shows neither title nor person: the finder of an old message learns nothing. */
export function endedLinkPage(view: LinkView, styleNonce: string): ReactElement {
  const { link } = view;
  const body = (
    <>
      <h1>This link has ended</h1>
      <IncidentLink link={link} />
    </>
  );
  return linkFrame(view, link.incident.number, styleNonce, body);
}

/** The request was decided, replaced or deleted; the flash message says which. */
export function goneLinkPage(view: LinkView, styleNonce: string): ReactElement {
  const { link } = view;
  const body = (
    <>
      <IncidentTags incident={link.incident} />
      <h1>
        <bdi>{link.incident.title}</bdi>
      </h1>
      <YouAre link={link} />
      <UsedLine link={link} />
      <IncidentLink link={link} />
    </>
  );
  return linkFrame(view, link.incident.number, styleNonce, body);
}
