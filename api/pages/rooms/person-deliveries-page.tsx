/** What one person was sent, newest first: by which contact, what became of it, and why it was sent or not. */
import type { ReactElement } from 'react';
import type { Page } from '../../../db/views/page.js';
import type { PersonDeliveryReply } from '../../../db/views/delivery-view.js';
import { DrillBadge, StateBadge } from '../ui/badges.js';
import { Time } from '../ui/time.js';
import type { Room } from './desk.js';
import { roomFrame } from './room-frame.js';

export function personDeliveriesPage(
  room: Room,
  name: string,
  { items, next }: Page<PersonDeliveryReply>,
): ReactElement {
  const displayName = room.viewing.names.get(name) ?? name;
  return roomFrame(
    room,
    { title: `Sent to ${displayName}`, place: null },
    <>
      <div className="head">
        <h1>Sent to {displayName}</h1>
      </div>
      <div className="card">
        {items.length === 0 ? <p className="soft">Nothing was sent in this time.</p> : null}
        {items.length === 0 ? null : (
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">About</th>
                <th scope="col">By</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Time at={one.attempts.at(-1)?.at ?? one.createdAt} only="absolute" />
                  </td>
                  <td data-th="About">
                    {one.incident === null ? (
                      one.type
                    ) : (
                      <>
                        <a className="btn" href={`/incidents/${one.incident.number}`}>
                          {one.incident.number}
                        </a>{' '}
                        {one.incident.drill ? <DrillBadge /> : null} {one.incident.title}
                      </>
                    )}
                  </td>
                  <td data-th="By">
                    {one.channel} <span className="soft small">({one.address})</span>
                  </td>
                  <td data-th="State">
                    <StateBadge state={one.state} />{' '}
                    <span className="small">{remarksOf(one).join(', ')}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {next === null ? null : (
          <p>
            <a className="btn" href={`/people/${name}/deliveries?cursor=${encodeURIComponent(next)}`}>
              Older
            </a>
          </p>
        )}
      </div>
    </>,
  );
}

/** Each fact of a row that its state alone does not tell. */
const remarksOf = ({ reason, held, receipt, attempts }: PersonDeliveryReply): string[] => [
  ...(reason === null ? [] : [reason]),
  ...(held === null ? [] : [held]),
  ...(receipt === 'missing' ? ['no receipt came'] : receipt === 'read' ? ['read'] : []),
  ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
  ...(attempts.some(({ possibleDuplicate }) => possibleDuplicate) ? ['possibly a duplicate'] : []),
];
