/** Two frames: the sheet of link pages, and the signed-in application. */
import type { ReactNode } from 'react';
import { Hidden } from './fields.js';
import { Notice } from './notice.js';
import { Time } from './time.js';
import { nameOf, useViewer } from './viewer.js';

/** Frame of a drill; a page that is only about drills has a text of its own. */
function DrillBar({ text = 'this is a rehearsal, nothing real is broken' }: { text?: string | undefined }) {
  return (
    <aside className="drillbar" aria-label="Drill">
      DRILL · {text}
    </aside>
  );
}

export function LinkDocument({
  title,
  css,
  nonce,
  drill = false,
  children,
}: {
  title: string;
  css: string;
  nonce: string;
  drill?: boolean;
  children: ReactNode;
}) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${drill ? 'DRILL: ' : ''}${title} · Tocsin`}</title>
        <style nonce={nonce} dangerouslySetInnerHTML={{ __html: css }} />
      </head>
      <body className={drill ? 'drill' : undefined}>
        {drill ? <DrillBar /> : null}
        <div className="sheet">{children}</div>
      </body>
    </html>
  );
}

/** First line of a sheet: the product, and the time of the page. */
export function SheetTop() {
  const { now } = useViewer();
  return (
    <header className="brand">
      <b>Tocsin</b>
      <span>
        As of <Time at={now} only="absolute" />
      </span>
    </header>
  );
}

export type Section =
  | 'incidents'
  | 'alerts'
  | 'silences'
  | 'watches'
  | 'on-call'
  | 'policies'
  | 'drills'
  | 'reviews'
  | 'sources'
  | 'mailbox'
  | 'people';

const sections: readonly { section: Section; path: string; text: string }[] = [
  { section: 'incidents', path: '/incidents', text: 'Incidents' },
  { section: 'alerts', path: '/alerts', text: 'Alerts' },
  { section: 'silences', path: '/silences', text: 'Silences' },
  { section: 'watches', path: '/watches', text: 'Watches' },
  { section: 'on-call', path: '/on-call', text: 'On call' },
  { section: 'policies', path: '/policies', text: 'Policies' },
  { section: 'drills', path: '/drills', text: 'Drills' },
  { section: 'reviews', path: '/reviews', text: 'Reviews' },
  { section: 'sources', path: '/sources', text: 'Sources' },
  { section: 'mailbox', path: '/mailbox', text: 'Mailbox' },
  { section: 'people', path: '/people', text: 'People' },
];

/** Data of every signed-in page besides its own content. */
export interface Frame {
  css: string;
  /** CSRF token of every form. */
  csrf: string;
  /** Incidents that page the reader now. */
  pagedFor: readonly { number: string; title: string; priority: string; drill: boolean }[];
  /** Sections that the reader's role may not open. */
  hidden: readonly Section[];
  /** Missing parts of the deployment, a sentence each. */
  degraded: readonly string[];
}

export function AppDocument({
  title,
  frame,
  section,
  drill = false,
  children,
}: {
  title: string;
  frame: Frame;
  /** Null for a page outside the navigation. */
  section: Section | null;
  /** True: a drill; a text: replaces the text of the purple frame. */
  drill?: boolean | string;
  children: ReactNode;
}) {
  return (
    <Shell title={title} css={frame.css} drill={drill}>
      <PagedBar frame={frame} />
      <TopBar section={section} frame={frame} />
      {frame.degraded.length > 0 ? (
        <div className="bar degraded" role="status">
          Tocsin is degraded: {frame.degraded.join('; ')}. Acknowledging still works.{' '}
          <a href="/system">System</a>
        </div>
      ) : null}
      <main id="main" className="wrap">
        {children}
      </main>
      <Foot />
    </Shell>
  );
}

/** Also used by pages without a session. */
export function Shell({
  title,
  css,
  drill = false,
  children,
}: {
  title: string;
  css: string;
  drill?: boolean | string;
  children: ReactNode;
}) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {/* The header says no-referrer; with it browsers send "Origin: null" within our own pages, which proves nothing. */}
        <meta name="referrer" content="same-origin" />
        <title>{`${drill === true ? 'DRILL: ' : ''}${title} · Tocsin`}</title>
        <link rel="icon" href="/favicon.ico" type="image/svg+xml" />
        <link rel="stylesheet" href={css} />
      </head>
      <body className={drill === false ? undefined : 'drill'}>
        <a className="skip" href="#main">
          Skip to the content
        </a>
        {drill === false ? null : <DrillBar text={drill === true ? undefined : drill} />}
        {children}
      </body>
    </html>
  );
}

function PagedBar({ frame: { pagedFor } }: { frame: Frame }) {
  const [first, ...others] = pagedFor;
  if (first === undefined) return null;
  return (
    <div className="bar paged" role="alert">
      {first.drill ? 'DRILL: ' : ''}You are being paged:{' '}
      <a href={`/incidents/${first.number}`}>
        {first.number} ({first.priority}) <bdi>{first.title}</bdi>
      </a>
      {others.length === 0 ? '' : ` and ${others.length} more`}
    </div>
  );
}

function TopBar({ section, frame: { csrf, hidden } }: { section: Section | null; frame: Frame }) {
  const { you, names } = useViewer();
  return (
    <header className="top">
      <div>
        <a className="logo" href="/">
          Tocsin
        </a>
        <nav aria-label="Main">
          <ul>
            {sections
              .filter((one) => !hidden.includes(one.section))
              .map((one) => (
                <li key={one.section}>
                  <a href={one.path} aria-current={one.section === section ? 'page' : undefined}>
                    {one.text}
                  </a>
                </li>
              ))}
          </ul>
        </nav>
        <div className="me">
          {you === null ? (
            <span className="soft small">API key</span>
          ) : (
            <a href="/profile">{nameOf(you, names)}</a>
          )}
          <form method="post" action="/sign-out">
            <Hidden fields={{ csrf }} />
            <button type="submit">Sign out</button>
          </form>
        </div>
      </div>
    </header>
  );
}

function Foot() {
  const { now, zone } = useViewer();
  return (
    <footer className="foot wrap">
      As of <Time at={now} only="absolute" />. Times are in {zone}. <a href="/system">System</a> ·{' '}
      <a href="/api/docs">API</a>
    </footer>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Notice tone="info" title={title}>
      {children}
    </Notice>
  );
}
