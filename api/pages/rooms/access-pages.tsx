/** Ways in: the page for who is not signed in, and the one-time links. */
import type { ReactElement, ReactNode } from 'react';
import type { OneTimeLink } from '../../../db/access-store.js';
import { appCssPath } from '../styles.js';
import { TextField } from '../ui/fields.js';
import { Shell } from '../ui/layout.js';
import { type Said, SaidNotice } from '../ui/notice.js';

const outside = (title: string, children: ReactNode): ReactElement => (
  <Shell title={title} css={appCssPath}>
    <main id="main" className="center">
      <p>
        <span className="logo">Tocsin</span>
      </p>
      {children}
    </main>
  </Shell>
);

export const signInPage = (said: Said | null, mails: boolean, email = ''): ReactElement =>
  outside(
    'Sign in',
    <div className="card">
      <h1>Sign in</h1>
      <SaidNotice said={said} />
      <p>Tocsin signs people in with one-time links; there is no password to steal.</p>
      {mails ? (
        <form method="post" action="/sign-in">
          <TextField
            name="email"
            label="Your mail address"
            value={email}
            required
            type="email"
            autoComplete="email"
          />
          <p>
            <button className="main" type="submit">
              Mail me a sign-in link
            </button>
          </p>
        </form>
      ) : null}
      <ul>
        {mails ? null : (
          <li>
            This Tocsin sends no mail (<code>SMTP_URL</code> is not set), so it can mail you no link.
          </li>
        )}
        <li>Ask an admin for a sign-in link. It works once, for 15 minutes.</li>
        <li>If this is a new installation, the start printed a link that makes the first admin.</li>
        <li>
          An admin makes links on the page People, or with <code>POST /api/v1/sign-in-links</code>.
        </li>
      </ul>
      <p>Were you paged? The link in the message works without signing in.</p>
    </div>,
  );

/** The zone of the machine that runs this: for a first start on one's own desk it is the reader's. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Used, expired, replaced or never made: all the same from outside. */
export const deadSetupPage = (): ReactElement =>
  outside(
    'Link not valid',
    <div className="card">
      <h1>This link does not work any more</h1>
      <p>It was used, has expired, or a newer one was made. Nothing was changed.</p>
      <p>
        Ask an admin for a new one, or start Tocsin again if there is no admin yet: each start prints a fresh
        link.
      </p>
      <p>
        <a className="btn" href="/sign-in">
          How to sign in
        </a>
      </p>
    </div>,
  );

export interface SetupView {
  link: OneTimeLink;
  /** What the person is called, for a sign-in link. */
  displayName: string | null;
  said: Said | null;
  typed: Readonly<Record<string, string>>;
}

export function setupPage({ link, displayName, said, typed }: SetupView): ReactElement {
  const isFirst = link.purpose === 'first-admin';
  return outside(
    isFirst ? 'First admin' : 'Sign in',
    <div className="card">
      <h1>{isFirst ? 'Become the first admin' : `Sign in as ${displayName ?? link.person ?? 'you'}`}</h1>
      <SaidNotice said={said} />
      <p className="soft">
        {isFirst
          ? 'You can do everything here, and make sign-in links for the others. This link works once.'
          : 'This link works once, on this device. If you did not ask for it, close the page.'}
      </p>
      <form method="post">
        {isFirst ? <AdminFields typed={typed} /> : null}
        <p>
          <button className="main" type="submit">
            {isFirst ? 'Become the first admin' : `Sign in as ${displayName ?? link.person ?? 'you'}`}
          </button>
        </p>
      </form>
    </div>,
  );
}

const AdminFields = ({ typed }: { typed: SetupView['typed'] }) => (
  <>
    <TextField
      name="displayName"
      label="Your name"
      hint="As people call you: Ana Sorel"
      value={typed['displayName'] ?? ''}
      required
      autoComplete="name"
    />
    <TextField
      name="name"
      label="Short name"
      hint="Small letters, digits and hyphens: ana. It stands in the configuration and on the record."
      value={typed['name'] ?? ''}
      required
      pattern="[a-z0-9][a-z0-9\-]{0,62}"
      autoComplete="username"
    />
    <TextField
      name="email"
      label="Email"
      value={typed['email'] ?? ''}
      required
      type="email"
      autoComplete="email"
    />
    <TextField
      name="timezone"
      label="Time zone"
      hint="For example Europe/Berlin; times are shown in it."
      value={typed['timezone'] ?? ownZone()}
      list="zones"
    />
    <datalist id="zones">
      {Intl.supportedValuesOf('timeZone').map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  </>
);
