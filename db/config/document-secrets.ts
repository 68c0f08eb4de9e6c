/** Signing secrets inside documents: sealed in every stored revision, in clear in memory only. */
import type { RootKeys } from '../../shared/keys.js';
import { isSealedText, sealText, unsealText } from '../../shared/sealed.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { SubscriptionSpec } from '../../domain/subscription/subscription-spec.js';
import type { Querying } from '../connection/querying.js';

interface Stored {
  kind: string;
  name: string;
  spec: unknown;
}

/**
 * A copy of the document with each secret replaced by the result of `change`; `owner` binds a secret to its document.
 */
function withSecrets<T extends Stored>(document: T, change: (owner: string, text: string) => string): T {
  const { kind, name, spec } = document;
  if (typeof spec !== 'object' || spec === null) return document;
  if (kind === 'Subscription') {
    const owner = `Subscription/${name}`;
    const { secret, previousSecret, ...rest } = spec as SubscriptionSpec;
    if (secret === undefined && previousSecret === undefined) return document;
    return {
      ...document,
      spec: {
        ...rest,
        ...(secret === undefined ? {} : { secret: change(owner, secret) }),
        ...(previousSecret === undefined ? {} : { previousSecret: change(owner, previousSecret) }),
      },
    };
  }
  if (kind !== 'Person') return document;
  const person = spec as PersonSpec;
  if (!Array.isArray(person.contacts) || person.contacts.every(({ secret }) => secret === undefined))
    return document;
  return {
    ...document,
    spec: {
      ...person,
      contacts: person.contacts.map((contact) =>
        contact.secret === undefined
          ? contact
          : { ...contact, secret: change(contactOwner(name, contact.name), contact.secret) },
      ),
    },
  };
}

const contactOwner = (person: string, contact: string): string => `Person/${person}/${contact}`;

export const sealedDocument = <T extends Stored>(root: Buffer, document: T): T =>
  withSecrets(document, (owner, text) => (isSealedText(text) ? text : sealText(root, owner, text)));

/** A secret that no key opens stays sealed: it opens again when the key is back. */
export const openedDocument = <T extends Stored>(keys: RootKeys, document: T): T =>
  withSecrets(document, (owner, text) => unsealText(keys, owner, text) ?? text);

/** Opens a secret that a query read; null when there is none, or no key opens it. */
export const openedContactSecret = (
  keys: RootKeys,
  { person, contact }: { person: string; contact: string },
  text: string | null,
): string | null => (text === null ? null : unsealText(keys, contactOwner(person, contact), text));

/** `person` is the ledger's name of a subscription: `subscription/<name>`. */
export const openedSubscriptionSecret = (
  keys: RootKeys,
  person: string,
  text: string | null,
): string | null =>
  text === null ? null : unsealText(keys, `Subscription/${person.slice('subscription/'.length)}`, text);

/** Reseals every revision that holds a secret in clear, or one sealed by an earlier key. */
export async function sealDocuments(
  tx: Querying,
  keys: RootKeys,
): Promise<{ resealed: number; unreadable: string[] }> {
  const unreadable: string[] = [];
  let resealed = 0;
  const rows: (Stored & { revision: number })[] = await tx.query(
    `SELECT kind, name, revision, spec FROM config_object
      WHERE kind IN ('Person', 'Subscription') AND spec::text ~ '"(secret|previousSecret)"' ORDER BY kind, name, revision`,
  );
  for (const row of rows) {
    let isChanged = false;
    const { spec } = withSecrets(row, (owner, text) => {
      if (isSealedText(text) && unsealText([keys[0]], owner, text) !== null) return text;
      const open = unsealText(keys, owner, text);
      if (open === null) {
        unreadable.push(owner);
        return text;
      }
      isChanged = true;
      return sealText(keys[0], owner, open);
    });
    if (!isChanged) continue;
    await tx.query('UPDATE config_object SET spec = $4 WHERE kind = $1 AND name = $2 AND revision = $3', [
      row.kind,
      row.name,
      row.revision,
      JSON.stringify(spec),
    ]);
    resealed += 1;
  }
  return { resealed, unreadable: [...new Set(unreadable)] };
}
