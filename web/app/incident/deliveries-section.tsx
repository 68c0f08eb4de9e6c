/** Deliveries section of an incident's page: messages, recipients and states. */
import { stepText } from '../../../domain/incident/step-text.js';
import type { DeliveryReply } from '../../../services/incident/incident-queries.service.js';
import { StateBadge } from '../../ui/badges.js';
import { deliveryKind } from '../../ui/delivery-kind.js';
import { Time } from '../../ui/time.js';
import { nameOf, titleOf, useViewer } from '../../ui/viewer.js';

/** Rows of the delivery ledger. */
export function DeliveriesSection({ deliveries }: { deliveries: readonly DeliveryReply[] }) {
  return (
    <section className="card" aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      {deliveries.length === 0 ? <p className="soft">Nothing was sent yet.</p> : null}
      <ul className="plain">
        {deliveries.map((one) => (
          <li key={one.id}>
            <Delivery delivery={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Delivery({ delivery }: { delivery: DeliveryReply }) {
  const { names } = useViewer();
  const tries = delivery.attempts.length;
  const last = delivery.attempts.at(-1);
  return (
    <>
      <strong>{nameOf(delivery.person, names)}</strong> by {delivery.channel}{' '}
      <span className="soft small">({delivery.address})</span>
      <br />
      <StateBadge state={delivery.state} />{' '}
      <span className="small">
        {deliveryKind(delivery.type)}
        {delivery.escalation === null
          ? ''
          : `, ${titleOf('Team', delivery.escalation, names)} ${stepText(delivery.step)}`}
        {delivery.reason === null ? '' : `: ${delivery.reason}`}
        {delivery.held === null ? '' : `, ${delivery.held}`}
        {delivery.receipt === 'missing' ? ', no receipt' : delivery.receipt === 'read' ? ', read' : ''}
      </span>
      <br />
      <span className="soft small">
        <Time at={last?.at ?? delivery.createdAt} only="absolute" />
        {tries > 1 ? `, ${tries} attempts` : ''}
        {last?.error === null || last?.error === undefined ? '' : `, ${last.error.slice(0, 160)}`}
        {delivery.attempts.some(({ possibleDuplicate }) => possibleDuplicate) ? ', possibly a duplicate' : ''}
      </span>
    </>
  );
}
