/** `/profile`: how the reader is reached, and whether it works. No script. */
import type { ReactElement } from 'react';
import type { PersonReply } from '../../../contracts/api/people.js';
import { Hidden, TextArea, TextField } from '../ui/fields.js';
import { Notice, type Said, SaidNotice } from '../ui/notice.js';
import type { Room } from './desk.js';
import { ContactCard, NewContactForm, Press } from './profile-contacts.js';
import { roomFrame } from './room-frame.js';

/** What was typed and refused, so that nobody types it twice. */
export type Typed = Readonly<Record<string, string>>;

export function profilePage(
  room: Room,
  person: PersonReply,
  { said, typed, missing }: { said: Said | null; typed: Typed; missing: ReadonlyMap<string, string> },
): ReactElement {
  const { csrf } = room.frame;
  return roomFrame(
    room,
    { title: 'How you are reached', place: null },
    <>
      <div className="head">
        <h1>How you are reached</h1>
        <Press path="test-page" csrf={csrf} label="Send a test page to every contact">
          Test every contact now
        </Press>
      </div>
      <SaidNotice said={said} />
      {person.holes.length === 0 ? (
        <Notice tone="good" title="Pages reach you" />
      ) : (
        <Notice tone="warn" title="What could keep a page from you">
          <ul>
            {person.holes.map(({ text }) => (
              <li key={text}>{sentence(text)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <h2>Contacts</h2>
      <div>
        {person.contacts.map((contact) => (
          <ContactCard key={`${contact.source} ${contact.name}`} contact={contact} csrf={csrf} />
        ))}
      </div>
      <NewContactForm csrf={csrf} typed={typed} missing={missing} />
      <RulesForm person={person} csrf={csrf} typed={typed} />
      <QuietForm person={person} csrf={csrf} typed={typed} />
      <p>
        <a href={`/people/${person.name}/deliveries`}>What you were sent, and what became of it</a>
      </p>
      <p>
        <a href="/sessions">Where you are signed in</a>
      </p>
    </>,
  );
}

/** Holes speak of a person as "they"; here the person reads them. */
const sentence = (text: string): string => {
  const toYou = text
    .replace(/^has /, 'you have ')
    .replace(/^is /, 'you are ')
    .replace(/\b(them|they)\b/g, 'you');
  return `${toYou.slice(0, 1).toUpperCase()}${toYou.slice(1)}.`;
};

/** One rule a line, `0s phone`. */
const ruleLines = (rules: PersonReply['rules']['high']): string =>
  rules.map(({ after, contact }) => `${after} ${contact}`).join('\n');

interface FormProps {
  person: PersonReply;
  csrf: string;
  typed: Typed;
}

function RulesForm({ person, csrf, typed }: FormProps) {
  const hint = 'One a line: how long after the page, and by which contact, such as "0s phone" or "5m mail"';
  return (
    <section className="card" aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      <p className="small">
        {person.rulesFrom === 'own' ? 'These are your own.' : 'These are the ones that an admin wrote.'} With
        no rule that begins at once every contact is used at once.
      </p>
      <form method="post" action="/profile/rules">
        <Hidden fields={{ csrf }} />
        <TextArea
          name="high"
          label="High urgency (P1, P2)"
          hint={hint}
          rows={4}
          value={typed['high'] ?? ruleLines(person.rules.high)}
        />
        <TextArea
          name="low"
          label="Low urgency (the rest)"
          hint={hint}
          rows={4}
          value={typed['low'] ?? ruleLines(person.rules.low)}
        />
        <p>
          <button type="submit">Save the rules</button>
        </p>
      </form>
      {person.rulesFrom === 'own' ? (
        <Press path="rules/drop" csrf={csrf} label="Go back to the rules that an admin wrote">
          Back to the admin’s rules
        </Press>
      ) : null}
    </section>
  );
}

function QuietForm({ person: { quietHours, timezone }, csrf, typed }: FormProps) {
  return (
    <section className="card" aria-labelledby="quiet">
      <h2 id="quiet">Quiet hours</h2>
      <p className="small">
        Low urgency waits for their end; high urgency never does.{' '}
        {quietHours === null ? 'You have none.' : `Now ${quietHours.from} to ${quietHours.to}.`}
      </p>
      <form method="post" action="/profile/quiet-hours">
        <Hidden fields={{ csrf }} />
        <div className="inline">
          <TextField
            name="from"
            id="q-from"
            label="From"
            hint={`On the clock of ${timezone}, such as 22:00`}
            required
            value={typed['from'] ?? quietHours?.from ?? ''}
          />
          <TextField
            name="to"
            id="q-to"
            label="To"
            hint="Earlier than From: on the next day"
            required
            value={typed['to'] ?? quietHours?.to ?? ''}
          />
        </div>
        <p>
          <button type="submit">Save the quiet hours</button>
        </p>
      </form>
      {quietHours === null ? null : (
        <Press path="quiet-hours/drop" csrf={csrf} label="Have no quiet hours">
          No quiet hours
        </Press>
      )}
    </section>
  );
}
