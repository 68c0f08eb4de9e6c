/** A plain notice: something to know, nothing to decide. */
import type { ReactElement } from 'react';
import { IncidentTags } from '../ui/incident-bits.js';
import { Sentence, Time } from '../ui/time.js';
import { linkFrame, type LinkView, RoomLink, UsedLine, YouAre } from './link-frame.js';

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
        <h2 id="notice">You were told</h2>
        <p className="prose">
          <Sentence text={typeof text === 'string' ? text : ''} />
        </p>
        <p className="soft small">
          <Time at={link.createdAt} />
        </p>
      </section>
      <RoomLink link={link} />
      <RoomLink link={link} path="/postmortem" />
    </>
  );
  return linkFrame(view, `Notice about ${link.incident.number}`, styleNonce, body);
}

/** Neither title nor person: who finds an old message learns nothing from it. */
export function endedLinkPage(view: LinkView, styleNonce: string): ReactElement {
  const { link } = view;
  const body = (
    <>
      <h1>This link has ended</h1>
      <RoomLink link={link} />
    </>
  );
  return linkFrame(view, link.incident.number, styleNonce, body);
}

/** What was asked for is settled, replaced or gone; `said` tells which. */
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
      <RoomLink link={link} />
    </>
  );
  return linkFrame(view, link.incident.number, styleNonce, body);
}
