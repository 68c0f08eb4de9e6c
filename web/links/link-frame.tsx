/** Shared parts of link pages: the frame, the person, the result of the last press. */
import type { ReactElement, ReactNode } from 'react';
import type { DisplayNames } from '../../domain/config/display-names.js';
import type { OpenedLink } from '../../services/reply/link-views.js';
import { linkCss } from '../styles/styles.js';
import { LinkDocument, SheetTop } from '../ui/layout.js';
import { Notice, type Flash, FlashNotice } from '../ui/notice.js';
import { Time } from '../ui/time.js';
import { ViewerProvider } from '../ui/viewer.js';

/** Data of every kind of link page. */
export interface LinkView {
  link: OpenedLink;
  /** Value of the form's hidden field; null: there is nothing to decide. */
  nonce: string | null;
  names: DisplayNames;
  /** Result of the last press. */
  flash: Flash | null;
  /** Values of a refused form. */
  typed: Readonly<Record<string, string>>;
  /** Field for which the last press was refused. */
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
          <FlashNotice flash={view.flash} />
          {children}
        </main>
      </LinkDocument>
    </ViewerProvider>
  );
}

/** The holder of a link is not signed in: the page names the person it acts for. */
export function YouAre({ link, about = link.incident.number }: { link: OpenedLink; about?: string }) {
  return (
    <details className="you">
      <summary>You are {link.person.displayName}. Not you?</summary>
      <p className="small">
        This link was sent to {link.person.displayName} and acts in their name, for {about} only. If that is
        not you, close this page and tell them: anybody with this link acts as them.
      </p>
    </details>
  );
}

/** Result of the last press, for results that the rest of the page does not show. */
const doneWords: Readonly<Record<string, string>> = {
  escalate: 'You escalated to the next step',
  update: 'Your update is on the record',
  note: 'Your note is on the record',
  resolve: 'You resolved it',
  hand_over: 'You reassigned it',
  snooze: 'You snoozed paging',
  complete_step: 'You completed the step',
  skip_step: 'You skipped the step',
  approve: 'Your approval is on the record',
  reject: 'Your rejection is on the record',
};

/** Confirms a press: what it did, and when. */
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

const usedText = (decision: string): string =>
  decision === 'hand_over'
    ? 'reassign'
    : decision === 'decline'
      ? "can't take it"
      : decision.replaceAll('_', ' ');

export const UsedLine = ({ link }: { link: OpenedLink }) =>
  link.usedAt === null ? null : (
    <p className="soft small">
      This link was last used <Time at={link.usedAt} />: {usedText(link.usedFor ?? '')}.
    </p>
  );

export const IncidentLink = ({ link, path = '' }: { link: OpenedLink; path?: string }) => (
  <p>
    <a href={`/incidents/${link.incident.number}${path}`}>
      Open {link.incident.number}
      {path === '' ? '' : ' post-mortem'}
    </a>{' '}
    <span className="soft small">(requires sign-in)</span>
  </p>
);
