/** Alerts as a table: state, title and details, count, since, last heard. What a row shows of a text is bounded. */
import { ownFields } from '../../domain/alert/own-fields.js';
import { cutText } from '../../domain/alert/signal-limits.js';
import type { AlertReply } from '../../services/alert/alert-queries.service.js';
import { AlertLinks } from './alert-links.js';
import { Badge } from './badges.js';
import { Linked, Time } from './time.js';
import { Named } from './viewer.js';

const DESCRIPTION_SHOWN = 300;
const FIELDS_SHOWN = 4;
const VALUE_SHOWN = 120;
const LINKS_SHOWN = 3;

export function AlertState({ alert }: { alert: Pick<AlertReply, 'status' | 'heldBy'> }) {
  if (alert.status === 'closed') return <Badge word="Closed" mark="✓" tone="good" />;
  return alert.heldBy === null ? (
    <Badge word="Open" mark="▲" tone="bad" />
  ) : (
    <Badge word="Held" mark="‖" tone="warn" />
  );
}

/** `withDetails`: the newest description, fields and links stand below the title. */
export function AlertTable({
  alerts,
  withDetails,
  withService,
}: {
  alerts: readonly AlertReply[];
  withDetails: boolean;
  withService: boolean;
}) {
  return (
    <table className="fold">
      <thead>
        <tr>
          <th scope="col">Alert</th>
          <th scope="col">State</th>
          <th scope="col">Count</th>
          {withService ? <th scope="col">Service</th> : null}
          <th scope="col">Since</th>
          <th scope="col">Last heard</th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <tr key={alert.id}>
            <td>
              <a href={`/alerts/${alert.id}`}>
                <bdi>{cutText(alert.title, DESCRIPTION_SHOWN)}</bdi>
              </a>
              <br />
              <span className="soft small">
                {alert.severity}, from {alert.source}
              </span>
              {withDetails ? <Details alert={alert} /> : null}
            </td>
            <td data-th="State" className="state">
              <AlertState alert={alert} />
            </td>
            <td data-th="Count">{alert.count}</td>
            {withService ? (
              <td data-th="Service">
                {alert.service === null ? 'none' : <Named kind="Service" name={alert.service} />}
              </td>
            ) : null}
            <td data-th="Since">
              <Time at={alert.firstAt} only="absolute" />
            </td>
            <td data-th="Last heard" className="state">
              <Time at={alert.lastAt} only="relative" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Details({ alert }: { alert: AlertReply }) {
  const { title, firstTitle, details, links } = alert;
  const description = alert.description?.trim() ?? '';
  const fields = ownFields(details, [description, title], VALUE_SHOWN);
  const rest = fields.length - FIELDS_SHOWN;
  return (
    <>
      {description === '' ? null : (
        <p className="prose small">
          <Linked text={cutText(description, DESCRIPTION_SHOWN)} />
        </p>
      )}
      {title === firstTitle ? null : (
        <p className="small soft">
          At first: <bdi>{cutText(firstTitle, DESCRIPTION_SHOWN)}</bdi>
        </p>
      )}
      {fields.length === 0 ? null : (
        <p className="small">
          {fields.slice(0, FIELDS_SHOWN).map(({ name, value }, index) => (
            <span key={name}>
              {index === 0 ? '' : ' · '}
              <bdi>{cutText(name, VALUE_SHOWN)}</bdi>: <Linked text={value} />
            </span>
          ))}
          {rest > 0 ? ` · and ${rest} more` : ''}
        </p>
      )}
      <AlertLinks links={links} most={LINKS_SHOWN} />
    </>
  );
}
