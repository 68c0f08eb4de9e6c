/** Page of what is due for review: post-mortems and digests, by whom, since when. */
import type { ReactElement } from 'react';
import type { ReviewsReply } from '../../../services/postmortem/digests.service.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { DueTime } from '../../ui/digest-parts.js';
import { Hidden } from '../../ui/fields.js';
import { FlashNotice } from '../../ui/notice.js';
import { Empty } from '../../ui/layout.js';
import { Time } from '../../ui/time.js';
import { Named, Whose } from '../../ui/viewer.js';
import { appFrame } from '../app-frame.js';
import type { Refusal } from '../attempt.js';
import type { PageContext } from '../page-contexts.js';

export function reviewsPage(
  context: PageContext,
  { reviews, mine, refusal }: { reviews: ReviewsReply; mine: boolean; refusal: Refusal | null },
): ReactElement {
  const { items, waiting, unreviewed } = reviews;
  const mayOpen = mayDo(context.identity.role, 'incidents.respond');
  const teamOf = (team: string): string => context.snapshot.get('Team', team)?.spec.displayName ?? team;
  return appFrame(
    context,
    { title: 'Reviews', section: 'reviews' },
    <>
      <div className="head">
        <h1>Reviews</h1>
        <div className="row">
          <a className="btn" href={mine ? '/reviews' : '/reviews?mine'}>
            {mine ? 'Show all' : 'Only mine'}
          </a>
        </div>
      </div>
      <FlashNotice flash={refusal?.flash ?? null} />
      <section className="card" aria-labelledby="due">
        <h2 id="due">{mine ? 'Due from you' : 'Due'}</h2>
        {items.length === 0 ? (
          <Empty title={mine ? 'Nothing is due from you' : 'Nothing is due for review'}>
            <p>An incident comes here when it is resolved, and stays until it is reviewed.</p>
          </Empty>
        ) : (
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">Review</th>
                <th scope="col">Team</th>
                <th scope="col">Status</th>
                <th scope="col">Waits for</th>
                <th scope="col">Since</th>
                <th scope="col">Due</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ kind, id, title, team, status, people, since, due, isOverdue }) => (
                <tr key={id}>
                  <td>
                    <a href={kind === 'digest' ? `/digests/${id}` : `/incidents/${id}/postmortem`}>
                      {kind === 'digest' ? 'Digest ' : ''}
                      {id}
                    </a>{' '}
                    <bdi>{title}</bdi>
                  </td>
                  <td data-th="Team">{teamOf(team)}</td>
                  <td data-th="Status">{status.replaceAll('_', ' ')}</td>
                  <td data-th="Waits for">
                    {people.length === 0 ? 'nobody: managers are reminded' : <Whose people={people} />}
                  </td>
                  <td data-th="Since">
                    <Time at={since} />
                  </td>
                  <td data-th="Due">
                    {due === null ? 'no date yet' : <DueTime at={due} isOverdue={isOverdue} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {waiting.length === 0 ? null : (
        <section className="card" aria-labelledby="waiting">
          <h2 id="waiting">Waiting for a digest</h2>
          <ul className="plain">
            {waiting.map(({ team, incidents, since, opensAt }) => (
              <li key={team}>
                {teamOf(team)}: {incidents} {incidents === 1 ? 'incident' : 'incidents'} since{' '}
                <Time at={since} />.{' '}
                {opensAt === null ? (
                  'They are on the next list.'
                ) : (
                  <>
                    The digest opens <Time at={opensAt} only="absolute" />, or with the twentieth.
                    {mayOpen ? (
                      <form method="post" action="/digests">
                        <Hidden fields={{ csrf: context.frame.csrf, team }} />
                        <button>Review them now</button>
                      </form>
                    ) : null}
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {unreviewed.length === 0 ? null : (
        <section className="card" aria-labelledby="unreviewed">
          <h2 id="unreviewed">Closed without review in the last 30 days</h2>
          <ul className="plain">
            {unreviewed.map(({ plan, reason, incidents }) => (
              <li key={`${plan} ${reason}`}>
                {incidents} by the response plan <Named kind="ResponsePlan" name={plan} />:{' '}
                <bdi>{reason}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>,
  );
}
