/** A person's contacts, each with its state and its actions. */
import type { ContactReply } from '../../../contracts/api/people.js';
import { CHANNELS, isChannelName } from '../../../domain/delivery/channel-traits.js';
import { Badge } from '../../ui/badges.js';
import { Hidden, SelectField, TextField } from '../../ui/fields.js';
import { Time } from '../../ui/time.js';

const channelTitle = (channel: string): string =>
  isChannelName(channel) ? CHANNELS[channel].title : channel;

/** The values of a refused form, so that the reader need not type them twice. */
export type Typed = Readonly<Record<string, string>>;

export function ContactCard({ contact, csrf }: { contact: ContactReply; csrf: string }) {
  const { name, channel, address, source, verified, deadAt } = contact;
  const id = `c-${name}`;
  return (
    <section className="card" aria-labelledby={id}>
      <h3 id={id}>
        {name} <span className="soft">{channelTitle(channel)}</span>
      </h3>
      <p className="tags">
        <StateBadge contact={contact} />
        {source === 'document' ? <span className="tag">set by an admin</span> : null}
      </p>
      <p>{address}</p>
      <p className="soft small">
        {deadAt === null ? null : `${contact.deadReason ?? 'Reported by the provider'}. `}
        {contact.lastReachedAt === null ? (
          'No message to it is confirmed to have reached you.'
        ) : (
          <>
            Last confirmed <Time at={contact.lastReachedAt} />.
          </>
        )}
      </p>
      <TestOutcome contact={contact} />
      {verified ? null : <CodeForm name={name} csrf={csrf} />}
      <div className="row">
        {verified ? (
          <Press path="test-page" contact={name} csrf={csrf} label={`Send a test page to ${name}`}>
            Send test page
          </Press>
        ) : (
          <Press path="send-code" contact={name} csrf={csrf} label={`Send a new code to ${name}`}>
            Send a new code
          </Press>
        )}
        {source === 'document' ? null : (
          <Press path="remove" contact={name} csrf={csrf} label={`Remove ${name}`} isDanger>
            Remove
          </Press>
        )}
      </div>
    </section>
  );
}

function StateBadge({ contact: { verified, deadAt } }: { contact: ContactReply }) {
  if (!verified) return <Badge word="Not verified" mark="○" tone="warn" />;
  return deadAt === null ? (
    <Badge word="In use" mark="✓" tone="good" />
  ) : (
    <Badge word="Dead address" mark="✗" tone="bad" />
  );
}

function TestOutcome({ contact: { test } }: { contact: ContactReply }) {
  if (test === null) return null;
  return (
    <p className="small" role="status">
      Test page, requested <Time at={test.requestedAt} />: {outcomeOf(test)}
    </p>
  );
}

function outcomeOf(test: NonNullable<ContactReply['test']>): string {
  if (test.confirmedAt !== null) return 'you confirmed that it arrived.';
  switch (test.state) {
    case 'accepted':
      return 'sent. Open the link in it to confirm that it arrived.';
    case 'failed':
      return `it could not be sent: ${test.error ?? 'no reason given'}.`;
    case 'planned':
    case 'sending':
      return test.held === null
        ? `on its way${test.error === null ? '' : `, after a failed attempt: ${test.error}`}.`
        : `waiting, ${test.held}.`;
  }
}

function CodeForm({ name, csrf }: { name: string; csrf: string }) {
  return (
    <form method="post" action="/profile/verify">
      <Hidden fields={{ csrf, contact: name }} />
      <div className="inline">
        <TextField
          name="code"
          id={`code-${name}`}
          label={`The code sent to ${name}`}
          hint="Six digits, valid for 10 minutes"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          required
        />
        <button type="submit" className="primary" aria-label={`Verify ${name}`}>
          Verify
        </button>
      </div>
    </form>
  );
}

export function Press({
  path,
  contact,
  csrf,
  label,
  isDanger = false,
  children,
}: {
  path: string;
  contact?: string;
  csrf: string;
  label: string;
  isDanger?: boolean;
  children: string;
}) {
  return (
    <form method="post" action={`/profile/${path}`}>
      <Hidden fields={contact === undefined ? { csrf } : { csrf, contact }} />
      <button type="submit" className={isDanger ? 'danger' : undefined} aria-label={label}>
        {children}
      </button>
    </form>
  );
}

interface NewContactProps {
  csrf: string;
  typed: Typed;
  /** Channels that are not set up here, each with the reason. */
  missing: ReadonlyMap<string, string>;
}

export function NewContactForm({ csrf, typed, missing }: NewContactProps) {
  const channels = Object.entries(CHANNELS)
    .filter(([value]) => !missing.has(value))
    .map(([value, { title, address }]) => ({ value, text: `${title}: ${address}` }));
  return (
    <section className="card" aria-labelledby="add">
      <h2 id="add">Add a contact</h2>
      <form method="post" action="/profile/contacts">
        <Hidden fields={{ csrf }} />
        <SelectField
          name="channel"
          label="By"
          choices={channels}
          value={typed['channel'] ?? channels[0]?.value ?? ''}
        />
        <TextField name="address" label="Address" required value={typed['address'] ?? ''} />
        <TextField
          name="name"
          id="contact-name"
          label="Name"
          hint="Lower case, such as phone or home-mail; rules refer to it by this name"
          required
          value={typed['name'] ?? ''}
        />
        <details className="more">
          <summary>Secret</summary>
          <TextField
            name="secret"
            label="Secret (optional)"
            hint="Webhook: whsec_…; browser push: the secret shown on its page"
          />
        </details>
        <p>
          <button type="submit">Add and send a code</button>
        </p>
      </form>
      {missing.size === 0 ? null : (
        <p className="soft small">Not set up here: {[...missing.keys()].map(channelTitle).join(', ')}.</p>
      )}
      <p className="small">
        To be paged in this browser, <a href="/profile/push">create a push subscription</a> first.
      </p>
    </section>
  );
}
