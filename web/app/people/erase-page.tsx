/** Confirmation before a person is erased, which cannot be undone: what is deleted, what is kept, and what blocks it. */
import type { ReactElement } from 'react';
import type { ErasablePerson } from '../../../services/people/people.service.js';
import { Hidden } from '../../ui/fields.js';
import { Notice } from '../../ui/notice.js';
import type { PageContext } from '../page-contexts.js';
import { appFrame } from '../app-frame.js';

/** `refused`: refusal of the form just sent. */
export function erasePage(
  context: PageContext,
  person: ErasablePerson,
  refused: string | null,
): ReactElement {
  const { name, displayName, obstacles, erasedAt } = person;
  return appFrame(
    context,
    { title: `Erase ${displayName}`, section: 'people' },
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
        <h2 id="goes">What is deleted permanently</h2>
        <ul>
          <li>display name, mail address and time zone, in every revision of the Person document</li>
          <li>contacts with their addresses and secrets (browser push too), rules and quiet hours</li>
          <li>sessions, sign-in links, links in messages, calendar links</li>
          <li>messages in the mailbox, codes, test pages, inbound replies, and the answers of providers</li>
        </ul>
        <h2>What is kept</h2>
        <ul>
          <li>
            the short name <code>{name}</code> in timelines and in the audit log, which cannot be changed;
            pages show a pseudonym instead, and the short name is never used again
          </li>
          <li>free text: notes, updates and post-mortems keep the names written in them</li>
          <li>backups, logs and messages sent to others, until they are deleted where they are stored</li>
        </ul>
      </section>
      {erasedAt !== null ? (
        <p>This person was erased.</p>
      ) : obstacles.length > 0 ? null : (
        <form method="post" action={`/people/${name}/erase`}>
          <Hidden fields={{ csrf: context.frame.csrf }} />
          <button type="submit">Erase {displayName} permanently</button>
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
