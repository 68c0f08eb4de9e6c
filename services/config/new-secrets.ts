/** Ingest keys and signing secrets that a change creates; shown once, in its reply. */
import { randomInt } from 'node:crypto';
import { subscriptionSecret, webhookSecret } from '../../shared/keys.js';
import type { SourceKey } from '../../db/config/source-keys.js';
import type { PlannedChange } from '../../domain/config/plan-changes.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { SubscriptionSpec } from '../../domain/subscription/subscription-spec.js';
import type { Wanted } from './wanted-document.js';

export interface ShownSecret {
  kind: 'Source' | 'Person' | 'Subscription';
  name: string;
  key: string;
  /** The webhook contact whose messages are signed with this key. */
  contact?: string;
}

export interface NewSecrets {
  keys: SourceKey[];
  shown: ShownSecret[];
}

export function newSecrets(
  changes: readonly PlannedChange[],
  wanted: readonly Wanted[],
  snapshot: ConfigSnapshot,
  root: Buffer,
): NewSecrets {
  const found: NewSecrets = { keys: [], shown: [] };
  for (const { action, kind, name } of changes) {
    const document = wanted.find((one) => one.kind === kind && one.name === name);
    if (document === undefined || action === 'unchanged' || action === 'delete') continue;
    if (kind === 'Source') {
      const made = document.key === null && action === 'create' ? newIngestKey() : null;
      const key = document.key ?? made;
      if (key !== null) found.keys.push({ source: name, key });
      if (made !== null) found.shown.push({ kind, name, key: made });
    }
    if (kind === 'Subscription') {
      const before = snapshot.get('Subscription', name)?.spec;
      const isDerived = (document.spec as SubscriptionSpec).secret === undefined;
      if (isDerived && (before === undefined || before.secret !== undefined))
        found.shown.push({ kind, name, key: subscriptionSecret(root, name) });
    }
    if (kind === 'Person')
      found.shown.push(...newContacts(name, document.spec as PersonSpec, snapshot, root));
  }
  return found;
}

function newContacts(
  person: string,
  { contacts }: PersonSpec,
  snapshot: ConfigSnapshot,
  root: Buffer,
): ShownSecret[] {
  const before = new Set(
    (snapshot.get('Person', person)?.spec.contacts ?? []).map(({ name, channel }) => `${channel}/${name}`),
  );
  return contacts
    .filter(
      ({ name, channel, secret }) =>
        channel === 'webhook' && secret === undefined && !before.has(`${channel}/${name}`),
    )
    .map(({ name }) => ({
      kind: 'Person',
      name: person,
      contact: name,
      key: webhookSecret(root, person, name),
    }));
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** 32 characters a-z and 0-9: 165 bit, and usable as a PagerDuty routing key. */
export const newIngestKey = (): string =>
  Array.from({ length: 32 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
