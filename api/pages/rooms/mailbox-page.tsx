/** The in-app inbox of the practice organisation: what would have rung on people's phones. */
import type { ReactElement } from 'react';
import type { MailboxItem } from '../../../db/mailbox-store.js';
import { Hidden, SelectField } from '../ui/fields.js';
import { Empty } from '../ui/layout.js';
import { SafeLink } from '../ui/safe-link.js';
import { Time } from '../ui/time.js';
import { nameOf, Who } from '../ui/viewer.js';
import type { Room } from './desk.js';
import { roomFrame } from './room-frame.js';

export interface MailboxView {
  /** Unread first, then newest first. */
  items: readonly MailboxItem[];
  /** Whose messages; null: everybody's. */
  person: string | null;
  /** Whose the reader may look at; empty: only their own. */
  people: readonly { person: string; unread: number }[];
}

export function mailboxPage(room: Room, view: MailboxView): ReactElement {
  const { items, people, person } = view;
  const unread = items.filter(({ readAt }) => readAt === null).length;
  return roomFrame(
    room,
    { title: 'Mailbox', place: 'mailbox' },
    <>
      <div className="head">
        <h1>{person === null ? 'Mailbox' : `Mailbox of ${nameOf(person, room.viewing.names)}`}</h1>
        <span className="soft">{unread} unread</span>
      </div>
      <p className="soft wide">
        People whose contact is the channel <code>mailbox</code> get their pages here; nothing leaves this
        machine. Each button opens that person’s link, as if it had come to their phone.
      </p>
      {people.length === 0 ? null : <Filter room={room} people={people} person={person} />}
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
              <Letter room={room} item={item} person={person} />
            </li>
          ))}
        </ul>
      )}
    </>,
  );
}

function Filter({ room, people, person }: { room: Room } & Pick<MailboxView, 'people' | 'person'>) {
  const choices = people.map((one) => ({
    value: one.person,
    text: `${nameOf(one.person, room.viewing.names)}${one.unread === 0 ? '' : ` (${one.unread} unread)`}`,
  }));
  return (
    <form method="get" action="/mailbox" className="inline card wide">
      <SelectField
        name="person"
        label="Whose messages"
        value={person ?? ''}
        choices={[{ value: '', text: 'Everybody’s' }, ...choices]}
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

function Letter({ room, item, person }: { room: Room; item: MailboxItem; person: string | null }) {
  const isUnread = item.readAt === null;
  return (
    <article className={`card letter${isUnread ? ' unread' : ''}`} aria-labelledby={`m-${item.id}`}>
      <h2 id={`m-${item.id}`}>
        {isUnread ? '● ' : ''}
        {wants[item.type] ?? 'Notice'}: {item.subject}
      </h2>
      <p className="soft small">
        To <Who actor={item.person} />, <Time at={item.at} />
        {isUnread ? ', unread' : ''}
      </p>
      <details>
        <summary>The message as it was sent</summary>
        <p className="prose small">{item.text}</p>
      </details>
      <div className="row">
        <SafeLink url={item.link} className="btn main">
          Respond as {nameOf(item.person, room.viewing.names)}
        </SafeLink>
        {isUnread ? (
          <form method="post" action={`/mailbox/${item.id}/read`}>
            <Hidden fields={{ csrf: room.frame.csrf, person: person ?? '' }} />
            <button type="submit">Mark as read</button>
          </form>
        ) : null}
      </div>
    </article>
  );
}
