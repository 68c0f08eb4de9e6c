/** System page: processes and self-monitoring. */
import type { ReactElement } from 'react';
import type { SystemStatus } from '../../../services/system/system.service.js';
import { ZoneChanges } from './zone-changes.js';
import { Empty } from '../../ui/layout.js';
import { Time } from '../../ui/time.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

const watches = {
  canary: 'Canary: a synthetic incident, paged each minute through the whole path',
  heartbeat: 'Outgoing heartbeat: calls an outside monitor after each success of the canary',
  auditor: 'Auditor: checks the invariants of the record each minute',
  reconcile: 'Reconcile: every open incident has its workflow in Temporal, and no other workflow runs',
  sources: 'Sources: no request from a known sender was refused in the last day',
  'reply-mail': 'Replies by mail: the api receives them',
} as const;

export function systemPage(
  context: PageContext,
  { parts, watchdogs, zoneData, zoneChanges }: SystemStatus,
): ReactElement {
  return appFrame(
    context,
    { title: 'System', section: null },
    <>
      <div className="head">
        <h1>System</h1>
      </div>
      <div className="card">
        <h2>Processes</h2>
        <table className="fold">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">State</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(parts).map(([name, { ok, text }]) => (
              <tr key={name}>
                <td>{name}</td>
                <td data-th="State" className="state">
                  {ok ? '✓ up' : '✕ down'}
                </td>
                <td data-th="Details">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="hint">
          Time zone data: IANA {zoneData} · <a href="/heartbeats">Heartbeats of jobs and sources</a>
        </p>
        <ZoneChanges changes={zoneChanges} />
      </div>
      <div className="card">
        <h2>Self-monitoring</h2>
        {watchdogs.length === 0 ? (
          <Empty title="No watchdog has reported yet">The pager runs them; check above that it is up.</Empty>
        ) : (
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">Watchdog</th>
                <th scope="col">State</th>
                <th scope="col">Message</th>
                <th scope="col">Since</th>
                <th scope="col">Last report</th>
              </tr>
            </thead>
            <tbody>
              {watchdogs.map(({ name, ok, text, since, at, isStale, detail }) => (
                <tr key={name}>
                  <td>{watches[name]}</td>
                  <td data-th="State" className="state">
                    {isStale ? '? no report' : ok ? '✓ ok' : '✕ failing'}
                  </td>
                  <td data-th="Message">
                    {text}
                    <Breaches found={detail['breaches']} />
                  </td>
                  <td data-th="Since">
                    <Time at={since.toISOString()} />
                  </td>
                  <td data-th="Last report">
                    <Time at={at.toISOString()} />
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

/** Invariants that the auditor found broken, with the rows that break them. */
function Breaches({ found }: { found: unknown }) {
  if (!Array.isArray(found) || found.length === 0) return null;
  const breaches = found as { invariant?: string; subject?: string; detail?: string }[];
  return (
    <ul>
      {breaches.slice(0, 20).map(({ invariant = '', subject = '', detail = '' }) => (
        <li key={`${invariant} ${subject}`}>
          {invariant} {subject}: {detail}
        </li>
      ))}
    </ul>
  );
}
