/** `/sessions`: where the reader is signed in. A lost phone is signed out from any other device. */
import type { ReactElement } from 'react';
import type { OpenSession } from '../../../db/session-store.js';
import { Hidden } from '../ui/fields.js';
import { Time } from '../ui/time.js';
import type { Room } from './desk.js';
import { roomFrame } from './room-frame.js';

export function sessionsPage(room: Room, sessions: readonly OpenSession[]): ReactElement {
  const { csrf } = room.frame;
  const isThis = ({ id }: OpenSession): boolean => id === room.identity.session;
  return roomFrame(
    room,
    { title: 'Where you are signed in', place: null },
    <>
      <div className="head">
        <h1>Where you are signed in</h1>
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
              <th scope="col">Ends at the latest</th>
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
                <td data-th="Ends at the latest">
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
