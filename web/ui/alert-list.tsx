/** Alerts of an incident, as their sender told them. */
import { Fragment } from 'react';
import { ownFields } from '../../domain/alert/own-fields.js';
import type { AlertReply } from '../../services/incident/incident-queries.service.js';
import { AlertLinks } from './alert-links.js';
import { Linked, Time } from './time.js';

/** Alerts of an incident with the sender's text, fields, labels and links; `labels` is the most of each. */
export function AlertList({
  alerts,
  total,
  labels: most,
}: {
  alerts: readonly AlertReply[];
  total: number;
  labels: number;
}) {
  if (alerts.length === 0) return <p className="soft">No alert: a person declared this incident.</p>;
  return (
    <>
      <ul className="plain">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <strong>
              <bdi>{alert.title}</bdi>
            </strong>
            <br />
            <span className="soft small">
              {alert.status}, {alert.severity}, from {alert.source}
              {alert.count > 1 ? `, ${alert.count} times` : ''}, since <Time at={alert.firstAt} />
            </span>
            <Told alert={alert} most={most} />
            <Labels labels={alert.labels} most={most} />
            <AlertLinks links={alert.links} />
          </li>
        ))}
      </ul>
      {total > alerts.length ? <p className="soft small">And {total - alerts.length} more.</p> : null}
    </>
  );
}

/** The sender's description and fields, in full: a page that is not understood is answered late. */
function Told({ alert, most }: { alert: AlertReply; most: number }) {
  const { description, details, title, firstTitle } = alert;
  const fields = ownFields(details, [description, title]);
  const rest = fields.length - most;
  return (
    <>
      {description === null || description.trim() === '' ? null : (
        <p className="prose">
          <Linked text={description} />
        </p>
      )}
      {title === firstTitle ? null : (
        <p className="small soft">
          At first: <bdi>{firstTitle}</bdi>
        </p>
      )}
      {fields.length === 0 ? null : (
        <p className="small prose">
          {fields.slice(0, most).map(({ name, value }, index) => (
            <Fragment key={name}>
              {index === 0 ? '' : '\n'}
              <bdi>{name}</bdi>: <Linked text={value} />
            </Fragment>
          ))}
          {rest > 0 ? `\nand ${rest} more` : ''}
        </p>
      )}
    </>
  );
}

function Labels({ labels, most }: { labels: Record<string, string>; most: number }) {
  const entries = Object.entries(labels);
  if (entries.length === 0) return null;
  const rest = entries.length - most;
  return (
    <p className="small">
      {entries.slice(0, most).map(([name, value]) => (
        <span key={name}>
          <code>
            {name}={value}
          </code>{' '}
        </span>
      ))}
      {rest > 0 ? <span className="soft">and {rest} more labels</span> : null}
    </p>
  );
}
