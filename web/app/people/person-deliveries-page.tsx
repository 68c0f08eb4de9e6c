/** Deliveries to one person, newest first: contact, state, and reason. */
import type { ReactElement } from 'react';
import type { Page, PersonDeliveryReply } from '../../../services/delivery/deliveries.service.js';
import { DrillBadge, StateBadge } from '../../ui/badges.js';
import { deliveryKind } from '../../ui/delivery-kind.js';
import { Time } from '../../ui/time.js';
import { nameOf } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

export function personDeliveriesPage(
  context: PageContext,
  name: string,
  { items, next }: Page<PersonDeliveryReply>,
): ReactElement {
  const displayName = nameOf(name, context.viewing.names);
  return appFrame(
    context,
    { title: `Sent to ${displayName}`, section: null },
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
                      deliveryKind(one.type)
                    ) : (
                      <>
                        <a className="btn" href={`/incidents/${one.incident.number}`}>
                          {one.incident.number}
                        </a>{' '}
                        {one.incident.drill ? <DrillBadge /> : null} <bdi>{one.incident.title}</bdi>
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

/** Facts of a delivery that its state does not show. */
const remarksOf = ({ reason, held, receipt, attempts }: PersonDeliveryReply): string[] => [
  ...(reason === null ? [] : [reason]),
  ...(held === null ? [] : [held]),
  ...(receipt === 'missing' ? ['no receipt'] : receipt === 'read' ? ['read'] : []),
  ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
  ...(attempts.some(({ possibleDuplicate }) => possibleDuplicate) ? ['possibly a duplicate'] : []),
];
