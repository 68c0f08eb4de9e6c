/** One alert: why it did, or did not, page; what it says now beside what it said first; where it belongs. */
import type { ReactElement } from 'react';
import { ownFields } from '../../../domain/alert/own-fields.js';
import type { AlertDetail, AlertTexts } from '../../../services/alert/alert-queries.service.js';
import { AlertLinks } from '../../ui/alert-links.js';
import { AlertState } from '../../ui/alert-table.js';
import { Facts } from '../../ui/fields.js';
import { FlashNotice } from '../../ui/notice.js';
import { Linked, Sentence, Time } from '../../ui/time.js';
import { Named, Who } from '../../ui/viewer.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';
import { AlertForms } from './alert-forms.js';
import type { AlertView } from './alert-seen.js';

export function alertPage(context: PageContext, view: AlertView): ReactElement {
  const { alert } = view;
  return appFrame(
    context,
    { title: alert.title, section: 'alerts', drill: alert.drill },
    <>
      <div className="head">
        <h1>
          <bdi>{alert.title}</bdi>
        </h1>
        <AlertState alert={alert} />
      </div>
      <FlashNotice flash={view.flash} />
      <div className="cols">
        <div>
          <Why alert={alert} />
          <Told
            id="newest"
            title={alert.first === null ? 'What it says' : 'What it says now'}
            texts={{ ...alert, description: alert.description }}
          />
          {alert.first === null ? null : <Told id="first" title="What it said first" texts={alert.first} />}
        </div>
        <div className="side">
          <AboutAlert alert={alert} />
          <AlertForms context={context} view={view} />
        </div>
      </div>
    </>,
  );
}

function AboutAlert({ alert }: { alert: AlertDetail }) {
  const { incidentNumber } = alert;
  return (
    <section className="card" aria-labelledby="about">
      <h2 id="about">About it</h2>
      <Facts
        items={[
          [
            'Incident',
            incidentNumber === null ? (
              'none'
            ) : (
              <a key="incident" href={`/incidents/${incidentNumber}`}>
                {incidentNumber}, {alert.incidentStatus}
              </a>
            ),
          ],
          [
            'Service',
            alert.service === null ? 'none' : <Named key="service" kind="Service" name={alert.service} />,
          ],
          ['Severity', alert.severity],
          ['Source', alert.source],
          alert.client === null ? null : ['Sent by', <bdi key="client">{alert.client}</bdi>],
          ['Key', <bdi key="key">{alert.dedupKey}</bdi>],
          ['Told', alert.count === 1 ? 'once' : `${alert.count} times`],
          ['Since', <Time key="since" at={alert.firstAt} />],
          ['Last heard', <Time key="last" at={alert.lastAt} />],
          alert.closedAt === null
            ? null
            : [
                'Closed',
                <span key="closed">
                  <Time at={alert.closedAt} />
                  {alert.closedBy === null ? null : (
                    <>
                      , by <Who actor={alert.closedBy} />
                    </>
                  )}
                </span>,
              ],
          alert.heldBy === null ? null : ['Held by', <Holder key="held" by={alert.heldBy} />],
          alert.heldUntil === null ? null : ['Held until', <Time key="until" at={alert.heldUntil} />],
        ]}
      />
    </section>
  );
}

const HOLDERS: Readonly<Record<string, string>> = {
  after: 'the number of times asked for',
  silence: 'a silence',
  maintenance: 'a maintenance window',
  inhibition: 'another alert',
};

function Holder({ by }: { by: string }) {
  const [kind = '', id = ''] = by.split('/', 2);
  const text = HOLDERS[kind] ?? kind;
  if (kind === 'silence') return <a href={`/silences/${encodeURIComponent(id)}`}>{text}</a>;
  return kind === 'maintenance' ? <a href="/maintenance">{text}</a> : <>{text}</>;
}

function Why({ alert }: { alert: AlertDetail }) {
  const title =
    alert.incidentNumber === null
      ? alert.status === 'open'
        ? 'Why it has not paged'
        : 'Why it did not page'
      : 'What was decided, and why';
  return (
    <section className="card" aria-labelledby="why">
      <h2 id="why">{title}</h2>
      {alert.reasons.length === 0 ? (
        <p className="soft">Nothing is on record.</p>
      ) : (
        <ol className="log">
          {alert.reasons.map(({ at, stage, text }, index) => (
            <li key={`${index}`}>
              <Time at={at} />
              <span className="soft">{stage}</span>: <Sentence text={text} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** In full: a sender's fields are limited where they are stored. */
function Told({ id, title, texts }: { id: string; title: string; texts: AlertTexts }) {
  const description = texts.description?.trim() ?? '';
  const fields = ownFields(texts.details, [description, texts.title], Infinity);
  const labels = Object.entries(texts.labels);
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p>
        <strong>
          <bdi>{texts.title}</bdi>
        </strong>{' '}
        <span className="soft">{texts.severity}</span>
      </p>
      {description === '' ? null : (
        <p className="prose">
          <Linked text={description} />
        </p>
      )}
      <AlertLinks links={texts.links} most={50} />
      {fields.length === 0 ? null : (
        <Facts
          items={fields.map(({ name, value }) => [
            name,
            <span key={name} className="prose">
              <Linked text={value} />
            </span>,
          ])}
        />
      )}
      {labels.length === 0 ? null : (
        <>
          <h3>Labels</h3>
          <p className="small">
            {labels.map(([name, value]) => (
              <span key={name}>
                <code>
                  {name}={value}
                </code>{' '}
              </span>
            ))}
          </p>
        </>
      )}
    </section>
  );
}
