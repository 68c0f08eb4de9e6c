/** The list of a digest and its form, for the page of a link and for signed-in people. */
import type { ReactNode } from 'react';
import { DIGEST_TEXT_LIMIT } from '../../domain/postmortem/digest.js';
import type { DigestItem, DigestReply } from '../../services/postmortem/digests.service.js';
import { PriorityBadge } from './badges.js';
import { Facts, SelectField, TextArea, TextField } from './fields.js';
import { Notice } from './notice.js';
import { Sentence, Time } from './time.js';
import { titleOf, useViewer, Who, Whose } from './viewer.js';

export const isListed = ({ state }: Pick<DigestItem, 'state'>): boolean => state === 'listed';

/** Where it stands, loud where nobody of the team may review it. */
export function DigestStatus({ digest }: { digest: DigestReply }) {
  switch (digest.status) {
    case 'empty':
      return <Notice tone="info" title="Nothing is left in this digest; it needs no decision." />;
    case 'approving':
      return <Notice tone="info" title="Approved; its incidents are being closed. Reload in a moment." />;
    case 'approved':
      return (
        <Notice tone="good" title="Approved">
          <p>
            <Who actor={digest.decidedBy ?? 'tocsin'} />: <Sentence text={digest.sentence ?? ''} />
          </p>
        </Notice>
      );
    case 'open':
      return digest.isEscalated ? (
        <Notice tone="bad" title="Nobody in the team may review this digest">
          <p>{digest.because}.</p>
        </Notice>
      ) : null;
  }
}

export function DigestAbout({ digest, team }: { digest: DigestReply; team: string }) {
  const { status, reviewer, due, isOverdue, reminders, decidedAt } = digest;
  const isOpen = status === 'open';
  return (
    <Facts
      items={[
        ['Team', team],
        [
          'Incidents',
          String(digest.items.filter((item) => isListed(item) || item.state === 'approved').length),
        ],
        ['Reviewer', reviewer === null ? 'nobody' : <Who key="reviewer" actor={reviewer} />],
        isOpen && digest.because !== '' ? ['Why', digest.because] : null,
        isOpen ? ['Review by', <DueTime key="due" at={due} isOverdue={isOverdue} />] : null,
        isOpen && reminders > 0 ? ['Reminders', String(reminders)] : null,
        decidedAt === null ? null : ['Decided', <Time key="decided" at={decidedAt} />],
      ]}
    />
  );
}

export const DueTime = ({ at, isOverdue }: { at: string; isOverdue: boolean }) => (
  <>
    {isOverdue ? <strong>Overdue: </strong> : null}
    <Time at={at} />
  </>
);

export function DigestForm({
  digest,
  hidden,
  typed,
  wrong,
  action,
}: {
  digest: DigestReply;
  hidden: ReactNode;
  typed: Readonly<Record<string, string>>;
  wrong: { field: string; message: string } | null;
  action?: string;
}) {
  const errorOf = (field: string): string | undefined => (wrong?.field === field ? wrong.message : undefined);
  return (
    <form method="post" action={action}>
      {hidden}
      <input type="hidden" name="revision" value={digest.upTo} />
      <DigestList items={digest.items.filter(isListed)} canChoose />
      <section className="card" aria-labelledby="approve">
        <h2 id="approve">Approve</h2>
        <TextArea
          name="comment"
          label="One sentence about these incidents"
          hint={`Required, at most ${DIGEST_TEXT_LIMIT} characters: what do they have in common, what changes?`}
          error={errorOf('comment')}
          value={typed['comment'] ?? ''}
          rows={2}
        />
        <button className="main" type="submit" name="decision" value="approve">
          Approve all
        </button>
      </section>
      <section className="card" aria-labelledby="pull">
        <h2 id="pull">Pull out the chosen</h2>
        <SelectField
          name="kind"
          label="Kind of post-mortem"
          value={typed['kind'] ?? 'light'}
          choices={[
            { value: 'light', text: 'light: summary and causes, one other person' },
            { value: 'full', text: 'full: all sections, participants and stakeholders' },
          ]}
        />
        <TextField
          name="reason"
          label="Why they need a post-mortem of their own"
          error={errorOf('reason')}
          value={typed['reason'] ?? ''}
        />
        <button type="submit" name="decision" value="pull_out">
          Pull out
        </button>
      </section>
    </form>
  );
}

export function DigestList({
  items,
  canChoose = false,
}: {
  items: readonly DigestItem[];
  canChoose?: boolean;
}) {
  return (
    <ol className="plain digest">
      {items.map((item) => (
        <li key={item.number}>
          {canChoose ? (
            <label>
              <input type="checkbox" name="pull" value={item.number} />
              <span>
                <Title item={item} />
              </span>
            </label>
          ) : (
            <p>
              <Title item={item} />
            </p>
          )}
          <p className="small soft">
            <ItemFacts item={item} />
          </p>
          {item.alerts === 0 ? null : (
            <p className="small">
              <a href={`/silences?like=${encodeURIComponent(item.number)}#new`}>Make it quieter</a>
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

const Title = ({ item: { number, title, priority } }: { item: DigestItem }) => (
  <>
    <PriorityBadge priority={priority} /> {number} <bdi>{title}</bdi>
  </>
);

function ItemFacts({ item }: { item: DigestItem }) {
  const { names } = useViewer();
  const { service, openedAt, minutes, alerts, woken, ended, endedBy, workedBy } = item;
  return (
    <>
      {service === null ? '' : `${titleOf('Service', service, names)} · `}
      <Time at={openedAt} only="absolute" />, {lasted(minutes)} · {alerts} {alerts === 1 ? 'alert' : 'alerts'}{' '}
      · {woken.length === 0 ? 'nobody paged' : 'paged '}
      {woken.map(({ person, at }, index) => (
        <span key={person}>
          {index === 0 ? '' : ', '}
          <Who actor={person} /> <Time at={at} only="absolute" />
        </span>
      ))}{' '}
      · {endedBy === null ? `ended ${ended}` : 'resolved by '}
      {endedBy === null ? null : <Who actor={endedBy} />}
      {workedBy.length === 0 ? '' : ' · worked by '}
      {workedBy.length === 0 ? null : <Whose people={workedBy} />}
    </>
  );
}

function lasted(minutes: number): string {
  if (minutes < 1) return 'under a minute';
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}

/** What is on the list no more, each with the reason. */
export function LeftItems({ digest }: { digest: DigestReply }) {
  const left = digest.items.filter(({ state }) => state === 'left_out' || state === 'pulled_out');
  if (left.length === 0) return null;
  return (
    <section className="card" aria-labelledby="left">
      <h2 id="left">No longer in this digest</h2>
      <ul className="plain">
        {left.map(({ number, title, state, reason }) => (
          <li key={number}>
            {number} <bdi>{title}</bdi>:{' '}
            {state === 'pulled_out' ? `pulled out: ${reason ?? ''}` : <Sentence text={reason ?? ''} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
