/** All policies: who each would call first at this moment. */
import type { ReactElement } from 'react';
import { Empty } from '../ui/layout.js';
import { Whose } from '../ui/viewer.js';
import type { Room } from './desk.js';
import type { PolicyView } from './policy-view.js';
import { roomFrame } from './room-frame.js';

export function policiesPage(room: Room, policies: readonly PolicyView[]): ReactElement {
  return roomFrame(
    room,
    { title: 'Escalation policies', place: 'policies' },
    <>
      <div className="head">
        <h1>Escalation policies</h1>
      </div>
      {policies.length === 0 ? (
        <Empty title="There is no policy yet">
          <p>
            Without one a team is paged all at once. A policy is a document of kind{' '}
            <code>EscalationPolicy</code>.
          </p>
        </Empty>
      ) : (
        <div className="card">
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">Policy</th>
                <th scope="col">Team</th>
                <th scope="col">First called now</th>
                <th scope="col">Steps</th>
                <th scope="col">Services</th>
              </tr>
            </thead>
            <tbody>
              {policies.map((policy) => (
                <tr key={policy.name}>
                  <td>
                    <a className="reach" href={`/policies/${policy.name}`}>
                      {policy.name}
                    </a>
                  </td>
                  <td data-th="Team">{policy.team}</td>
                  <td data-th="First called now">
                    <First policy={policy} />
                  </td>
                  <td data-th="Steps">
                    {policy.steps.length - 1}
                    {policy.repeat > 0 ? `, ${policy.repeat + 1} times` : ''}
                  </td>
                  <td data-th="Services">{policy.services.join(', ') || 'none'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>,
  );
}

function First({ policy: { steps } }: { policy: PolicyView }) {
  const first = steps.find(({ people }) => people.length > 0);
  if (first === undefined) return <strong className="error">✗ nobody</strong>;
  const isLater = first.step !== 1;
  return (
    <>
      <strong>
        <Whose people={first.people} />
      </strong>
      {isLater ? (
        <span className="error"> ({first.step === null ? 'catch-all' : `step ${first.step}`})</span>
      ) : null}
    </>
  );
}
