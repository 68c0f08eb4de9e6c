/** What every page behind a link shares: the frame, who it speaks to, what became of it. */
import type { ReactElement, ReactNode } from 'react';
import type { OpenedLink } from '../../../db/link-store.js';
import { linkCss } from '../styles.js';
import { LinkDocument, SheetTop } from '../ui/layout.js';
import { Notice, type Said, SaidNotice } from '../ui/notice.js';
import { Time } from '../ui/time.js';
import { ViewerProvider } from '../ui/viewer.js';

/** What a link page is drawn from, whatever its kind. */
export interface LinkView {
  link: OpenedLink;
  /** Of the form's hidden field; null: there is nothing to decide. */
  nonce: string | null;
  names: ReadonlyMap<string, string>;
  /** What came of the last press. */
  said: Said | null;
  /** What was typed into a form that was refused. */
  typed: Readonly<Record<string, string>>;
  /** Which field the last press was refused for. */
  wrong: { field: string; message: string } | null;
}

export function linkFrame(
  view: LinkView,
  title: string,
  styleNonce: string,
  children: ReactNode,
): ReactElement {
  const { link } = view;
  const viewing = { now: link.now, zone: link.person.timezone, names: view.names, you: link.person.name };
  return (
    <ViewerProvider value={viewing}>
      <LinkDocument title={title} css={linkCss} nonce={styleNonce} drill={link.incident.drill !== null}>
        <SheetTop />
        <main id="main">
          <SaidNotice said={view.said} />
          {children}
        </main>
      </LinkDocument>
    </ViewerProvider>
  );
}

/** The holder of a link is not signed in: the page says for whom it acts. */
export function YouAre({ link }: { link: OpenedLink }) {
  return (
    <details className="you">
      <summary>You are {link.person.displayName}. Not you?</summary>
      <p className="small">
        This link was sent to {link.person.displayName} and acts in their name, for {link.incident.number}{' '}
        only. If that is not you, close this page and tell them: whoever sent it on gave you their say.
      </p>
    </details>
  );
}

const isExpired = ({ expiresAt, now }: OpenedLink): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now);

/** It opens nothing any more, neither to decide nor to read. */
export const hasEnded = (link: OpenedLink): boolean => link.revokedAt !== null || isExpired(link);

/** Why a known link takes no decision any more; null while it does. */
export function deadLink(link: OpenedLink): Said | null {
  const { person, incident } = link;
  if (link.revokedAt !== null)
    return {
      tone: 'warn',
      title: 'This link was revoked.',
      detail: 'What it was for is settled or was asked anew; nothing can be decided here.',
    };
  if (!person.active)
    return {
      tone: 'warn',
      title: `${person.displayName} is no longer active here.`,
      detail: 'So nothing can be decided with this link.',
    };
  if (isExpired(link)) {
    return { tone: 'warn', title: 'This link has expired.', detail: `It was good until ${link.expiresAt}.` };
  }
  if (incident.mergedInto !== null)
    return {
      tone: 'warn',
      title: `${incident.number} was merged into another incident.`,
      detail: 'Act on that one.',
    };
  return null;
}

/** What the last press did, where the rest of the page does not say it. */
const doneWords: Readonly<Record<string, string>> = {
  escalate: 'You asked for the next step',
  update: 'Your update is on the record',
  note: 'Your note is on the record',
  resolve: 'You resolved it',
  hand_over: 'You handed it over',
  snooze: 'You snoozed paging',
  complete_step: 'You said that the step is done',
  skip_step: 'You skipped the step',
  approve: 'Your approval is on the record',
  reject: 'Your rejection is on the record',
};

/** Every press is answered: what it did, and when. */
export function DoneNotice({ link: { usedAt, usedFor } }: { link: OpenedLink }) {
  const words = usedFor === null ? undefined : doneWords[usedFor];
  if (usedAt === null || words === undefined) return null;
  return (
    <Notice tone="info" title={words}>
      <p className="small">
        <Time at={usedAt} />
      </p>
    </Notice>
  );
}

export const UsedLine = ({ link }: { link: OpenedLink }) =>
  link.usedAt === null ? null : (
    <p className="soft small">
      This link was last used <Time at={link.usedAt} />: {(link.usedFor ?? '').replaceAll('_', ' ')}.
    </p>
  );

export const RoomLink = ({ link, path = '' }: { link: OpenedLink; path?: string }) => (
  <p>
    <a href={`/incidents/${link.incident.number}${path}`}>
      Open {link.incident.number}
      {path === '' ? '' : ' post-mortem'}
    </a>{' '}
    <span className="soft small">(asks you to sign in)</span>
  </p>
);
