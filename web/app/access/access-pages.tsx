/** Pages without a session: sign-in, and the one-time links. */
import type { ReactElement, ReactNode } from 'react';
import type { OneTimeLink } from '../../../services/access/setup.service.js';
import { appCssPath } from '../../styles/styles.js';
import { TextField } from '../../ui/fields.js';
import { Shell } from '../../ui/layout.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';

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

export const signInPage = (flash: Flash | null, mails: boolean, email = ''): ReactElement =>
  outside(
    'Sign in',
    <div className="card">
      <h1>Sign in</h1>
      <FlashNotice flash={flash} />
      <p>Tocsin signs people in with one-time links; there is no password to steal.</p>
      {mails ? (
        <form method="post" action="/sign-in">
          <TextField
            name="email"
            label="Your email address"
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
            This installation sends no mail (<code>SMTP_URL</code> is not set), so sign-in by mail is off.
          </li>
        )}
        <li>Ask an admin for a sign-in link. It works once, for 15 minutes.</li>
        <li>A new installation prints a link for the first admin when it starts.</li>
        <li>
          Admins create sign-in links on the People page, or with <code>POST /api/v1/sign-in-links</code>.
        </li>
      </ul>
      <p>Were you paged? The link in the message works without signing in.</p>
    </div>,
  );

/** Time zone of the server; on a first start on the reader's own machine it is the reader's. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A used, expired, replaced or unknown link: all look the same from outside. */
export const deadSetupPage = (): ReactElement =>
  outside(
    'Link not valid',
    <div className="card">
      <h1>This link no longer works</h1>
      <p>It was used, has expired, or was replaced by a newer one. Nothing was changed.</p>
      <p>
        Ask an admin for a new one, or start Tocsin again if there is no admin yet: each start prints a fresh
        link.
      </p>
      <p>
        <a className="btn" href="/sign-in">
          Sign in
        </a>
      </p>
    </div>,
  );

export interface SetupView {
  link: OneTimeLink;
  /** The person's display name, for a sign-in link. */
  displayName: string | null;
  flash: Flash | null;
  typed: Readonly<Record<string, string>>;
}

export function setupPage({ link, displayName, flash, typed }: SetupView): ReactElement {
  const isFirst = link.purpose === 'first-admin';
  return outside(
    isFirst ? 'First admin' : 'Sign in',
    <div className="card">
      <h1>{isFirst ? 'Become the first admin' : `Sign in as ${displayName ?? link.person ?? 'you'}`}</h1>
      <FlashNotice flash={flash} />
      <p className="soft">
        {isFirst
          ? 'An admin can do everything here and creates sign-in links for others. This link works once.'
          : 'This link works once, on this device. If you did not request it, close the page.'}
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
      hint="The name that others see, for example Ana Sorel."
      value={typed['displayName'] ?? ''}
      required
      autoComplete="name"
    />
    <TextField
      name="name"
      label="Short name"
      hint="Small letters, digits and hyphens: ana. Used in the configuration and in the record."
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
