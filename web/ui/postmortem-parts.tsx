/** Parts of a post-mortem that the review link and the signed-in page share. */
import type { PostmortemReply } from '../../services/postmortem/postmortems.service.js';
import type { ReviewState } from '../../domain/incident/state.js';
import { describeInterval } from '../../domain/postmortem/interval.js';
import type { SectionName } from '../../domain/postmortem/sections.js';
import { StateBadge } from './badges.js';
import { Facts } from './fields.js';
import { Sentence, Time } from './time.js';
import { nameOf, titleOf, useViewer, Who } from './viewer.js';

export const sectionTitles: Readonly<Record<SectionName, { title: string; hint: string }>> = {
  summary: { title: 'Summary', hint: 'What happened, for readers outside the team.' },
  systemsAffected: { title: 'Systems affected', hint: 'What was broken or slow, and what was not.' },
  usersAffected: {
    title: 'Users affected',
    hint: 'Who noticed, how many, from when to when. Unknown is an answer; 0 only if measured.',
  },
  rootCauses: {
    title: 'Contributing causes',
    hint: 'What had to come together. Causes are in the system, not in a person.',
  },
  wentWell: { title: 'What went well', hint: 'What to keep.' },
  wentBadly: { title: 'What went badly', hint: 'What cost time, or only went well by luck.' },
  lessons: { title: 'Lessons', hint: 'What we know now and did not know before.' },
};

export function ReviewList({ reviews, revision }: { reviews: readonly ReviewState[]; revision: number }) {
  if (reviews.length === 0) return <p className="soft">No review is requested yet.</p>;
  return (
    <ul className="plain">
      {reviews.map((review) => (
        <li key={review.person}>
          <StateBadge state={review.decision} />{' '}
          <strong>
            <Who actor={review.person} />
          </strong>{' '}
          <span className="soft small">
            {review.group}
            {review.at === null ? '' : ', '}
            {review.at === null ? null : <Time at={review.at} />}
            {review.decision === 'approve' && review.revision !== revision
              ? ` (revision ${review.revision})`
              : ''}
          </span>
          {review.comment === null || review.comment === '' ? null : (
            <p className="prose">{review.comment}</p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The measured part: it cannot be edited, and unknown stays unknown. */
export function MeasuredFacts({ facts }: { facts: PostmortemReply['facts'] }) {
  const { names } = useViewer();
  const { responseTimes, systemsAffected, usersAffected, runbooks } = facts;
  return (
    <Facts
      items={[
        ['Acknowledged after', describeInterval(responseTimes.acknowledge)],
        ['Resolved after', describeInterval(responseTimes.resolve)],
        [
          'Systems',
          systemsAffected.length === 0
            ? 'unknown'
            : systemsAffected
                .map(
                  ({ name, relation }) =>
                    titleOf('Service', name, names) + (relation === 'service' ? '' : ' (depended on)'),
                )
                .join(', '),
        ],
        ['Users', usersAffected === null ? 'unknown' : `peak ${usersAffected.peak}`],
        ['Alerts', String(facts.alertsTotal)],
        runbooks.length === 0
          ? null
          : [
              'Runbooks',
              runbooks
                .map(({ runbook, state }) => `${titleOf('Runbook', runbook, names)} (${state})`)
                .join(', '),
            ],
        ...responseTimes.people.map(
          ({ person, acknowledge }) =>
            [`Answer of ${nameOf(person, names)}`, describeInterval(acknowledge)] as const,
        ),
      ]}
    />
  );
}

/** Notifications by person and channel, with how many arrived. */
export function Notifications({ issued }: { issued: PostmortemReply['notificationsIssued'] }) {
  if (issued.length === 0) return <p className="soft">None were issued.</p>;
  const byWay = new Map<
    string,
    { person: string; channel: string; sent: number; reached: number; first: string; reason: string | null }
  >();
  for (const one of issued) {
    const key = `${one.person} ${one.channel}`;
    const known = byWay.get(key) ?? {
      person: one.person,
      channel: one.channel,
      sent: 0,
      reached: 0,
      first: one.at,
      reason: null,
    };
    byWay.set(key, {
      ...known,
      sent: known.sent + 1,
      reached: known.reached + (one.reached ? 1 : 0),
      reason: one.reason ?? known.reason,
    });
  }
  return (
    <ul className="plain">
      {[...byWay.values()].map((one) => (
        <li key={`${one.person}/${one.channel}`}>
          <strong>
            <Who actor={one.person} />
          </strong>{' '}
          by {one.channel}: {one.sent} sent, {one.reached === 0 ? 'none' : one.reached} known to have arrived
          {one.reached < one.sent && one.reason !== null ? ` (${one.reason})` : ''}
          <br />
          <span className="soft small">
            first <Time at={one.first} only="absolute" />
          </span>
        </li>
      ))}
    </ul>
  );
}

export const KeyEvents = ({ timeline, most }: { timeline: PostmortemReply['timeline']; most: number }) => (
  <>
    <ol className="log">
      {timeline.slice(0, most).map((entry) => (
        <li key={entry.seq}>
          <Time at={entry.at} only="absolute" />{' '}
          <span className="prose">
            <Sentence text={entry.text} />
          </span>
        </li>
      ))}
    </ol>
    {timeline.length > most ? (
      <p className="soft small">And {timeline.length - most} more events on the incident.</p>
    ) : null}
  </>
);

export function ActionItems({ items }: { items: PostmortemReply['actionItems'] }) {
  if (items.length === 0) return <p className="soft">None.</p>;
  return (
    <ul className="plain">
      {items.map((item) => (
        <li key={item.id}>
          <StateBadge state={item.state} /> <bdi>{item.title}</bdi>
          <br />
          <span className="soft small">
            {item.owner === null ? 'no owner' : <Who actor={item.owner} />}
            {item.due === null ? ', no date' : `, by ${item.due}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
