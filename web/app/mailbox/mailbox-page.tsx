/** The in-app inbox of the practice organisation: the pages that would have gone to people's phones. */
import type { ReactElement } from 'react';
import type { Mailbox, MailboxItem } from '../../../services/delivery/mailbox.service.js';
import { Hidden, SelectField } from '../../ui/fields.js';
import { Empty } from '../../ui/layout.js';
import { SafeLink } from '../../ui/safe-link.js';
import { Time } from '../../ui/time.js';
import { nameOf, Who } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

export interface MailboxView extends Mailbox {
  /** People whose messages an admin may choose from. */
  people: readonly { person: string; unread: number }[];
}

export function mailboxPage(context: PageContext, view: MailboxView): ReactElement {
  const { items, people, person } = view;
  const unread = items.filter(({ readAt }) => readAt === null).length;
  return appFrame(
    context,
    { title: 'Mailbox', section: 'mailbox' },
    <>
      <div className="head">
        <h1>{person === null ? 'Mailbox' : `Mailbox of ${nameOf(person, context.viewing.names)}`}</h1>
        <span className="soft">{unread} unread</span>
      </div>
      <p className="soft wide">
        People whose contact is the channel <code>mailbox</code> get their pages here; nothing leaves this
        machine. Each button opens that person’s link, as if it had arrived on their phone.
      </p>
      {people.length === 0 ? null : <Filter context={context} people={people} person={person} />}
      {items.length === 0 ? (
        <Empty title="No messages">
          <p>
            Pages, approvals and reviews arrive here. <a href="/drills">Start a drill</a> to see one.
          </p>
        </Empty>
      ) : (
        <ul className="list wide">
          {items.map((item) => (
            <li key={item.id}>
              <Letter context={context} item={item} person={person} />
            </li>
          ))}
        </ul>
      )}
    </>,
  );
}

function Filter({
  context,
  people,
  person,
}: { context: PageContext } & Pick<MailboxView, 'people' | 'person'>) {
  const choices = people.map((one) => ({
    value: one.person,
    text: `${nameOf(one.person, context.viewing.names)}${one.unread === 0 ? '' : ` (${one.unread} unread)`}`,
  }));
  return (
    <form method="get" action="/mailbox" className="inline card wide">
      <SelectField
        name="person"
        label="Person"
        value={person ?? ''}
        choices={[{ value: '', text: 'Everybody' }, ...choices]}
      />
      <button type="submit">Show</button>
    </form>
  );
}

const wants: Readonly<Record<string, string>> = {
  'page.requested': 'Page',
  'approval.requested': 'Approval',
  'review.requested': 'Review',
};

function Letter({
  context,
  item,
  person,
}: {
  context: PageContext;
  item: MailboxItem;
  person: string | null;
}) {
  const isUnread = item.readAt === null;
  return (
    <article className={`card letter${isUnread ? ' unread' : ''}`} aria-labelledby={`m-${item.id}`}>
      <h2 id={`m-${item.id}`}>
        {isUnread ? '● ' : ''}
        {wants[item.type] ?? 'Notice'}: <bdi>{item.subject}</bdi>
      </h2>
      <p className="soft small">
        To <Who actor={item.person} />, <Time at={item.at} />
        {isUnread ? ', unread' : ''}
      </p>
      <details>
        <summary>Text of the message</summary>
        <p className="prose small">{item.text}</p>
      </details>
      <div className="row">
        <SafeLink url={item.link} className="btn main">
          Respond as {nameOf(item.person, context.viewing.names)}
        </SafeLink>
        {isUnread ? (
          <form method="post" action={`/mailbox/${item.id}/read`}>
            <Hidden fields={{ csrf: context.frame.csrf, person: person ?? '' }} />
            <button type="submit">Mark as read</button>
          </form>
        ) : null}
      </div>
    </article>
  );
}
