/** People, and sign-in links for them: there are no passwords, so an admin sends the links. */
import type { ReactElement } from 'react';
import { effectivePerson } from '../../../domain/people/effective-person.js';
import { Hidden } from '../../ui/fields.js';
import { Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import type { ErasablePerson } from '../../../services/people/people.service.js';
import type { ReachabilityRow } from '../../../services/people/people.service.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

/** A link that was just created; it is shown only once. */
export interface MadeLink {
  displayName: string;
  url: string;
}

export function peoplePage(
  context: PageContext,
  made: MadeLink | null,
  {
    reachability,
    deleted,
  }: { reachability: readonly ReachabilityRow[]; deleted: readonly Omit<ErasablePerson, 'obstacles'>[] },
): ReactElement {
  const people = context.snapshot
    .list('Person')
    .toSorted((a, b) => a.spec.displayName.localeCompare(b.spec.displayName));
  const { csrf } = context.frame;
  return appFrame(
    context,
    { title: 'People', section: 'people' },
    <>
      <div className="head">
        <h1>People</h1>
        <a className="btn" href="/keys">
          API keys
        </a>
      </div>
      {made === null ? null : (
        <Notice tone="good" title={`A sign-in link for ${made.displayName}`}>
          <label htmlFor="made">
            Send it over a channel that you trust. It works once, for 15 minutes, and is not shown again.
          </label>
          <input id="made" readOnly value={made.url} />
        </Notice>
      )}
      <div className="card">
        <table className="fold">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Role</th>
              <th scope="col">Time zone</th>
              <th scope="col">Reached by</th>
              <th scope="col">Sign in</th>
            </tr>
          </thead>
          <tbody>
            {people.map(({ name, spec }) => (
              <tr key={name}>
                <td>
                  <strong>{spec.displayName}</strong> <span className="soft">{name}</span>
                </td>
                <td data-th="Role">{spec.role}</td>
                <td data-th="Time zone">{spec.timezone}</td>
                <td data-th="Reached by">
                  {(effectivePerson(context.snapshot, name) ?? spec).contacts
                    .map(({ channel }) => channel)
                    .join(', ') || 'no contact: cannot be paged'}
                </td>
                <td>
                  <form method="post" action={`/people/${name}/sign-in-link`}>
                    <Hidden fields={{ csrf }} />
                    <button type="submit" aria-label={`Create a sign-in link for ${spec.displayName}`}>
                      Create sign-in link
                    </button>
                  </form>
                  <form method="post" action={`/people/${name}/sessions/end`}>
                    <Hidden fields={{ csrf }} />
                    <button type="submit" aria-label={`Sign ${spec.displayName} out everywhere`}>
                      Sign out everywhere
                    </button>
                  </form>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ReachabilityGrid rows={reachability} />
      {deleted.length === 0 ? null : <Deleted people={deleted} />}
    </>,
  );
}

/** People without a document who are still named in the record. */
function Deleted({ people }: { people: readonly Omit<ErasablePerson, 'obstacles'>[] }) {
  return (
    <section className="card" aria-labelledby="deleted">
      <h2 id="deleted">Deleted people</h2>
      <table className="fold">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Personal data</th>
          </tr>
        </thead>
        <tbody>
          {people.map(({ name, displayName, erasedAt }) => (
            <tr key={name}>
              <td>
                <strong>{displayName}</strong> <span className="soft">{name}</span>
              </td>
              <td>
                {erasedAt === null ? (
                  <a className="btn" href={`/people/${name}/erase`} aria-label={`Erase ${displayName}`}>
                    Erase…
                  </a>
                ) : (
                  <>
                    erased <Time at={erasedAt} />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** People who are on call come first: their readiness issues matter now. */
function ReachabilityGrid({ rows }: { rows: readonly ReachabilityRow[] }) {
  const sorted = rows.toSorted(
    (a, b) => Number(b.onCall) - Number(a.onCall) || b.issues.length - a.issues.length,
  );
  return (
    <section className="card" aria-labelledby="reachability">
      <h2 id="reachability">Reachability</h2>
      <table className="fold">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">On call now</th>
            <th scope="col">Last reached</th>
            <th scope="col">Readiness issues</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ name, displayName, onCall, lastReachedAt, issues }) => (
            <tr key={name}>
              <td>
                <a className="btn" href={`/people/${name}/deliveries`}>
                  {displayName}
                </a>
              </td>
              <td data-th="On call now">{onCall ? 'yes' : 'no'}</td>
              <td data-th="Last reached">
                {lastReachedAt === null ? 'never confirmed' : <Time at={lastReachedAt} />}
              </td>
              <td data-th="Readiness issues">
                {issues.length === 0 ? (
                  'none'
                ) : (
                  <ul>
                    {issues.map(({ text }) => (
                      <li key={text}>{text}</li>
                    ))}
                  </ul>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
