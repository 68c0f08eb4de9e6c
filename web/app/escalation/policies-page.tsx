/** All policies, with the people that each would page first now. */
import type { ReactElement } from 'react';
import { Empty } from '../../ui/layout.js';
import { Named, titlesOf, Whose } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import type { PolicyView } from './policy-loader.js';
import { appFrame } from '../app-frame.js';

export function policiesPage(context: PageContext, policies: readonly PolicyView[]): ReactElement {
  return appFrame(
    context,
    { title: 'Escalation policies', section: 'policies' },
    <>
      <div className="head">
        <h1>Escalation policies</h1>
      </div>
      {policies.length === 0 ? (
        <Empty title="There is no policy yet">
          <p>
            Without a policy, all members of a team are paged at once. A policy is a document of kind{' '}
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
                <th scope="col">First paged now</th>
                <th scope="col">Steps</th>
                <th scope="col">Services</th>
              </tr>
            </thead>
            <tbody>
              {policies.map((policy) => (
                <tr key={policy.name}>
                  <td>
                    <a className="reach" href={`/policies/${policy.name}`}>
                      <Named kind="EscalationPolicy" name={policy.name} />
                    </a>
                  </td>
                  <td data-th="Team">
                    <Named kind="Team" name={policy.team} />
                  </td>
                  <td data-th="First paged now">
                    <First policy={policy} />
                  </td>
                  <td data-th="Steps">
                    {policy.steps.length - 1}
                    {policy.repeat > 0 ? `, ${policy.repeat + 1} times` : ''}
                  </td>
                  <td data-th="Services">
                    {titlesOf('Service', policy.services, context.viewing.names) || 'none'}
                  </td>
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
