/** `/profile`: the reader's contacts, rules and quiet hours, with readiness issues. No script. */
import type { ReactElement } from 'react';
import type { PersonReply } from '../../../contracts/api/people.js';
import { Hidden, TextArea, TextField } from '../../ui/fields.js';
import { Notice, type Flash, FlashNotice } from '../../ui/notice.js';
import type { PageContext } from '../page-contexts.js';
import { ContactCard, NewContactForm, Press, type Typed } from './profile-contacts.js';
import { appFrame } from '../app-frame.js';

export function profilePage(
  context: PageContext,
  person: PersonReply,
  { flash, typed, missing }: { flash: Flash | null; typed: Typed; missing: ReadonlyMap<string, string> },
): ReactElement {
  const { csrf } = context.frame;
  return appFrame(
    context,
    { title: 'How you are reached', section: null },
    <>
      <div className="head">
        <h1>How you are reached</h1>
        <Press path="test-page" csrf={csrf} label="Send a test page to every contact">
          Test every contact
        </Press>
      </div>
      <FlashNotice flash={flash} />
      {person.issues.length === 0 ? (
        <Notice tone="good" title="Pages reach you" />
      ) : (
        <Notice tone="warn" title="Readiness issues: a page may not reach you">
          <ul>
            {person.issues.map(({ text }) => (
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
        <a href={`/people/${person.name}/deliveries`}>Everything sent to you, with its delivery state</a>
      </p>
      <p>
        <a href="/sessions">Your sessions</a>
      </p>
    </>,
  );
}

/** Readiness issues name the person as "they"; on this page the person reads them. */
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
        {person.rulesFrom === 'own' ? 'These are your own rules.' : 'These rules were set by an admin.'} If no
        rule starts at 0s, every contact is notified at once.
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
          <button type="submit">Save rules</button>
        </p>
      </form>
      {person.rulesFrom === 'own' ? (
        <Press path="rules/drop" csrf={csrf} label="Use the rules set by an admin">
          Use the admin’s rules
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
        Low-urgency pages wait until quiet hours end; high-urgency pages never wait.{' '}
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
          <button type="submit">Save quiet hours</button>
        </p>
      </form>
      {quietHours === null ? null : (
        <Press path="quiet-hours/drop" csrf={csrf} label="Remove quiet hours">
          Remove quiet hours
        </Press>
      )}
    </section>
  );
}
