/** Sources, and how the sender of one is pointed at it. */
import type { ReactElement } from 'react';
import { mayDo } from '../../../domain/access/permissions.js';
import type { Wiring } from '../../../domain/alert/wiring.js';
import type { SourceDetail, SourceItem } from '../../../services/alert/sources.service.js';
import { Facts, Hidden } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { type Flash, FlashNotice, Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';

const EXAMPLE = `apiVersion: tocsin/v1
kind: Source
metadata: {name: prometheus}
spec:
  format: alertmanager   # pagerduty-v2 | grafana | generic | heartbeat
  service: checkout-db`;

export function sourcesPage(context: PageContext, items: readonly SourceItem[]): ReactElement {
  return appFrame(
    context,
    { title: 'Sources', section: 'sources' },
    <>
      <div className="head">
        <h1>Sources</h1>
        <div className="row">
          <a className="btn" href="/alerts/simulate">
            Try a message
          </a>
          <a className="btn" href="/heartbeats">
            Heartbeats
          </a>
        </div>
      </div>
      <p className="soft">Monitoring systems that send alerts, each with an ingest key of its own.</p>
      <div className="card">
        {items.length === 0 ? (
          <Empty title="No source yet">
            <p>
              Apply a document, and the answer shows its key once; its page then says what to paste where:
            </p>
            <pre>{EXAMPLE}</pre>
          </Empty>
        ) : (
          <SourceTable items={items} context={context} />
        )}
      </div>
    </>,
  );
}

function SourceTable({ items, context }: { items: readonly SourceItem[]; context: PageContext }) {
  return (
    <table className="fold">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">Format</th>
          <th scope="col">Service</th>
          <th scope="col">Last heard</th>
          <th scope="col">Open alerts</th>
          <th scope="col">Refused, 24 h</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.name}>
            <td>
              <a href={`/sources/${item.name}`}>{item.name}</a>
            </td>
            <td data-th="Format">{item.format}</td>
            <td data-th="Service">{serviceOf(item, context)}</td>
            <td data-th="Last heard">
              <LastHeard at={item.lastHeardAt} />
            </td>
            <td data-th="Open alerts">{openText(item)}</td>
            <td data-th="Refused, 24 h">
              {item.refused === 0 ? '0' : <strong className="error">✕ {item.refused}</strong>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface SourceView {
  source: SourceDetail;
  /** Just made, and shown on this page alone. */
  key: string | null;
  flash: Flash | null;
}

export function sourcePage(context: PageContext, { source, key, flash }: SourceView): ReactElement {
  return appFrame(
    context,
    { title: source.name, section: 'sources' },
    <>
      <div className="head">
        <h1>{source.name}</h1>
        <div className="row">
          <a className="btn" href="/sources">
            All sources
          </a>
        </div>
      </div>
      <FlashNotice flash={flash} />
      {key === null ? null : (
        <Notice tone="good" title="The new key is in the lines below">
          <p>It is not shown again. Messages with the key before are refused from now on.</p>
        </Notice>
      )}
      <div className="card">
        <Facts
          items={[
            ['Format', source.format],
            ['Service', serviceOf(source, context)],
            ['Last heard', <LastHeard key="heard" at={source.lastHeardAt} />],
            ['Open alerts', openText(source)],
            ['Refused, 24 h', source.refused === 0 ? 'none' : `✕ ${source.refused}`],
          ]}
        />
      </div>
      <WiringCard wiring={source.wiring} hasKey={key !== null} />
      {mayDo(context.identity.role, 'sources.manage') ? <NewKey context={context} source={source} /> : null}
    </>,
  );
}

function WiringCard({
  wiring: { sender, steps, firstEvening },
  hasKey,
}: {
  wiring: Wiring;
  hasKey: boolean;
}) {
  return (
    <section className="card" aria-labelledby="wire">
      <h2 id="wire">Wire it in two minutes: {sender}</h2>
      {hasKey ? null : (
        <p className="soft">
          YOUR_KEY stands for the ingest key, which was shown once when the source was made. Lost it? Make a
          new one below.
        </p>
      )}
      <ol>
        {steps.map(({ text, code }) => (
          <li key={text}>
            {text}
            {code === undefined ? null : (
              <pre tabIndex={0} role="group" aria-label="To paste">
                {code}
              </pre>
            )}
          </li>
        ))}
      </ol>
      <h3>The first evening</h3>
      <p>{firstEvening}</p>
    </section>
  );
}

function NewKey({ context, source: { name, lastHeardAt } }: { context: PageContext; source: SourceDetail }) {
  return (
    <section className="card" aria-labelledby="new-key">
      <h2 id="new-key">New key</h2>
      <p>
        {lastHeardAt === null
          ? 'Nothing was heard from this source yet.'
          : 'Its sender is refused until it has the new key: its alerts page nobody meanwhile.'}{' '}
        A document that names a key sets that one again with the next apply.
      </p>
      <form method="post" action={`/sources/${name}/key`}>
        <Hidden fields={{ csrf: context.frame.csrf }} />
        <button className={lastHeardAt === null ? 'main' : 'danger'}>Make a new key</button>
      </form>
    </section>
  );
}

const LastHeard = ({ at }: { at: string | null }) =>
  at === null ? <>○ never in the last 30 days</> : <Time at={at} />;

const openText = ({ openAlerts, heldAlerts }: SourceItem): string =>
  heldAlerts === 0 ? String(openAlerts) : `${openAlerts}, ${heldAlerts} of them held`;

const serviceOf = ({ service }: SourceItem, { snapshot }: PageContext): string =>
  service === null ? 'by its routes' : (snapshot.get('Service', service)?.spec.displayName ?? service);
