/** `/sessions`: the reader's sessions. A lost phone is signed out from any other device. */
import type { ReactElement } from 'react';
import type { OpenSession } from '../../../services/access/sessions.service.js';
import { Hidden } from '../../ui/fields.js';
import { Time } from '../../ui/time.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

export function sessionsPage(context: PageContext, sessions: readonly OpenSession[]): ReactElement {
  const { csrf } = context.frame;
  const isThis = ({ id }: OpenSession): boolean => id === context.identity.session;
  return appFrame(
    context,
    { title: 'Your sessions', section: null },
    <>
      <div className="head">
        <h1>Your sessions</h1>
        {sessions.some((one) => !isThis(one)) ? (
          <form method="post" action="/sessions">
            <Hidden fields={{ csrf }} />
            <button type="submit">Sign out everywhere else</button>
          </form>
        ) : null}
      </div>
      <div className="card">
        <table className="fold">
          <thead>
            <tr>
              <th scope="col">Browser</th>
              <th scope="col">Signed in</th>
              <th scope="col">Last seen</th>
              <th scope="col">Expires</th>
              <th scope="col">Sign out</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id}>
                <td>
                  {session.client ?? 'unknown'} {isThis(session) ? <strong>(this one)</strong> : null}
                </td>
                <td data-th="Signed in">
                  <Time at={session.createdAt} only="absolute" />
                </td>
                <td data-th="Last seen">
                  <Time at={session.seenAt} />
                </td>
                <td data-th="Expires">
                  <Time at={session.expiresAt} only="absolute" />
                </td>
                <td>
                  <form method="post" action="/sessions">
                    <Hidden fields={{ csrf, id: session.id }} />
                    <button type="submit" aria-label={`Sign out of the session ${session.id}`}>
                      Sign out
                    </button>
                  </form>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>,
  );
}
