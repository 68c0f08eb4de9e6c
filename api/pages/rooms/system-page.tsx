/** How Tocsin itself is: what runs, what the watchdogs say, and what to do about it. */
import type { ReactElement } from 'react';
import type { SystemStanding } from '../../system/system.service.js';
import { Empty } from '../ui/layout.js';
import { Time } from '../ui/time.js';
import type { Room } from './desk.js';
import { roomFrame } from './room-frame.js';

const watches = {
  canary: 'Canary: an incident of our own, paged each minute by the true pipeline',
  heartbeat: 'Outgoing heartbeat: an outside monitor hears of every success of the canary',
  auditor: 'Auditor: the record keeps its own rules, looked at each minute',
  reconcile: 'Reconcile: every open incident has its workflow in Temporal, and no other one runs',
  sources: 'Sources: what known senders send is read, none of it refused in the last day',
  'reply-mail': 'Answers by mail: the api listens for them',
} as const;

export function systemPage(room: Room, { parts, watchdogs, zoneData }: SystemStanding): ReactElement {
  return roomFrame(
    room,
    { title: 'System', place: null },
    <>
      <div className="head">
        <h1>System</h1>
      </div>
      <div className="card">
        <h2>What runs</h2>
        <table className="fold">
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">State</th>
              <th scope="col">Seen</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(parts).map(([name, { ok, text }]) => (
              <tr key={name}>
                <td>{name}</td>
                <td data-th="State" className="state">
                  {ok ? '✓ there' : '✕ not there'}
                </td>
                <td data-th="Seen">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="hint">Time zone data: IANA {zoneData}</p>
      </div>
      <div className="card">
        <h2>Who watches the watchers</h2>
        {watchdogs.length === 0 ? (
          <Empty title="No watchdog has reported yet">
            The pager starts them; see above whether it runs.
          </Empty>
        ) : (
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">Watchdog</th>
                <th scope="col">State</th>
                <th scope="col">Says</th>
                <th scope="col">Since</th>
                <th scope="col">Last heard</th>
              </tr>
            </thead>
            <tbody>
              {watchdogs.map(({ name, ok, text, since, at, isStale, detail }) => (
                <tr key={name}>
                  <td>{watches[name]}</td>
                  <td data-th="State" className="state">
                    {isStale ? '? silent' : ok ? '✓ well' : '✕ trouble'}
                  </td>
                  <td data-th="Says">
                    {text}
                    <Breaches found={detail['breaches']} />
                  </td>
                  <td data-th="Since">
                    <Time at={since.toISOString()} />
                  </td>
                  <td data-th="Last heard">
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

/** The auditor names each rule that does not hold, and what breaks it. */
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
