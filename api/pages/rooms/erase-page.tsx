/** Asked before a person is erased, for it cannot be undone: what goes, what stays, and what stands in the way. */
import type { ReactElement } from 'react';
import type { ErasablePerson } from '../../../db/erase-person.js';
import { Hidden } from '../ui/fields.js';
import { Notice } from '../ui/notice.js';
import type { Room } from './desk.js';
import { roomFrame } from './room-frame.js';

/** `refused`: what was answered to the form just now. */
export function erasePage(room: Room, person: ErasablePerson, refused: string | null): ReactElement {
  const { name, displayName, obstacles, erasedAt } = person;
  return roomFrame(
    room,
    { title: `Erase ${displayName}`, place: 'people' },
    <>
      <div className="head">
        <h1>Erase {displayName}</h1>
      </div>
      {obstacles.length === 0 && refused === null ? null : (
        <Notice tone="bad" title={`${displayName} cannot be erased now`}>
          <ul>
            {(obstacles.length === 0 ? [refused] : obstacles).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <section className="card" aria-labelledby="goes">
        <h2 id="goes">What goes, for good</h2>
        <ul>
          <li>display name, mail address and time zone, in every revision of the Person document</li>
          <li>contacts with their addresses and secrets, browser push among them; rules and quiet hours</li>
          <li>sessions, sign-in links, links in messages, calendar addresses</li>
          <li>
            messages in the mailbox, codes and test pages, answers that came back, and what providers said
          </li>
        </ul>
        <h2>What stays</h2>
        <ul>
          <li>
            the short name <code>{name}</code> in timelines and in the audit log, which nobody can change;
            pages show a pseudonym for it, and it is given to nobody again
          </li>
          <li>what people wrote: notes, updates and post-mortems keep the names that stand in them</li>
          <li>backups, logs, and what was sent to others, until they are deleted where they are kept</li>
        </ul>
      </section>
      {erasedAt !== null ? (
        <p>This person was erased.</p>
      ) : obstacles.length > 0 ? null : (
        <form method="post" action={`/people/${name}/erase`}>
          <Hidden fields={{ csrf: room.frame.csrf }} />
          <button type="submit">Erase {displayName} for good</button>
        </form>
      )}
      <p>
        <a className="btn" href="/people">
          Back to people
        </a>
      </p>
    </>,
  );
}
