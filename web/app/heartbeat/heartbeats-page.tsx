/** Sources that have to be heard from: the list, and one with its last pings. */
import type { ReactElement } from 'react';
import type { HeartbeatItem, ShownPing } from '../../../services/heartbeat/heartbeats.service.js';
import { Facts } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { Time } from '../../ui/time.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';
import { Named } from '../../ui/viewer.js';

const STATES: Record<HeartbeatItem['state'], string> = {
  new: '○ never heard from',
  up: '✓ heard in time',
  running: '▶ a run has started',
  late: '✕ late',
  failed: '✕ failed',
};

const EXAMPLE = `apiVersion: tocsin/v1
kind: Source
metadata: {name: nightly-backup}
spec:
  format: heartbeat
  service: checkout-db
  expect: {cron: "0 3 * * *", timezone: Europe/Berlin}
  grace: 30m`;

export function heartbeatsPage(context: PageContext, items: readonly HeartbeatItem[]): ReactElement {
  return appFrame(
    context,
    { title: 'Heartbeats', section: null },
    <>
      <div className="head">
        <h1>Heartbeats</h1>
      </div>
      <p className="soft">
        Jobs that ping, and sources of alerts that have to be heard from. What is late pages like any alert.
      </p>
      <div className="card">
        {items.length === 0 ? (
          <Empty title="Nothing has to be heard from">
            <p>
              A job that pings is a document of kind <code>Source</code> with <code>format: heartbeat</code>;
              a source of alerts that may not be quiet has <code>quietAfter</code>. Apply one with{' '}
              <code>POST /api/v1/config/apply</code>:
            </p>
            <pre>{EXAMPLE}</pre>
          </Empty>
        ) : (
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">State</th>
                <th scope="col">Expected</th>
                <th scope="col">Last heard</th>
                <th scope="col">Late from</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.source}>
                  <td>
                    <a href={`/heartbeats/${item.source}`}>{item.source}</a>
                  </td>
                  <td data-th="State" className="state">
                    {STATES[item.state]}
                  </td>
                  <td data-th="Expected">{expectedText(item)}</td>
                  <td data-th="Last heard">
                    <Maybe at={item.lastHeardAt} />
                  </td>
                  <td data-th="Late from">
                    <Maybe at={item.lateAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>,
  );
}

export function heartbeatPage(
  context: PageContext,
  item: HeartbeatItem & { pings: readonly ShownPing[] },
): ReactElement {
  return appFrame(
    context,
    { title: item.source, section: null },
    <>
      <div className="head">
        <h1>{item.source}</h1>
      </div>
      <p>
        <a href="/heartbeats">All heartbeats</a>
      </p>
      <div className="card">
        <Facts
          items={[
            ['State', STATES[item.state]],
            ['Expected', expectedText(item)],
            ['Last heard', <Maybe key="heard" at={item.lastHeardAt} />],
            [
              item.state === 'late' || item.state === 'failed' ? 'Pages again' : 'Late from',
              <Maybe key="late" at={item.lateAt} />,
            ],
            [
              'Service',
              item.service === null ? (
                'by its routes'
              ) : (
                <Named key="service" kind="Service" name={item.service} />
              ),
            ],
          ]}
        />
      </div>
      {item.expects === 'ping' ? <Pings pings={item.pings} /> : null}
    </>,
  );
}

function Pings({ pings }: { pings: readonly ShownPing[] }) {
  return (
    <div className="card">
      <h2>Last pings</h2>
      {pings.length === 0 ? (
        <Empty title="No ping yet">
          <p>
            Nothing is expected before the first one. Let the job call <code>/ping/&lt;key&gt;</code> when it
            has ended well, <code>/ping/&lt;key&gt;/start</code> when it starts,{' '}
            <code>/ping/&lt;key&gt;/$?</code> with its exit status:
          </p>
          <pre>{'backup.sh; curl -fsS --retry 3 "$TOCSIN/ping/$KEY/$?"'}</pre>
        </Empty>
      ) : (
        <table className="fold">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Ping</th>
              <th scope="col">Output</th>
            </tr>
          </thead>
          <tbody>
            {pings.map((ping) => (
              <tr key={`${ping.at} ${ping.kind}`}>
                <td>
                  <Time at={ping.at} />
                </td>
                <td data-th="Ping">
                  {ping.kind}
                  {ping.exitStatus === null ? '' : `, exit status ${ping.exitStatus}`}
                </td>
                <td data-th="Output">{ping.output === '' ? '–' : <pre>{ping.output}</pre>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const expectedText = ({ expects, interval }: HeartbeatItem): string =>
  expects === 'ping' ? `a ping ${interval}` : `a message ${interval}`;

const Maybe = ({ at }: { at: string | null }) => (at === null ? <>–</> : <Time at={at} />);
