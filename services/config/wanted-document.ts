/** A document as stored: without its ingest key, and with the signing secrets that it does not mention. */
import type { ParsedDocument } from '../../contracts/config/documents.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../../domain/config/specs.js';
import type { ContactSpec } from '../../domain/people/person-spec.js';
import type { SubscriptionSpec } from '../../domain/subscription/subscription-spec.js';

export interface Wanted {
  kind: ConfigKind;
  name: string;
  spec: ConfigDocument['spec'];
  /** The ingest key that a Source document contains. */
  key: string | null;
}

export function wantedDocument(document: ParsedDocument, snapshot: ConfigSnapshot): Wanted {
  const { kind, name } = document;
  if (isOf(document, 'Source')) {
    const { key, ...spec } = document.spec;
    return { kind, name, spec, key: key ?? null };
  }
  if (isOf(document, 'Person')) {
    const before = snapshot.get('Person', name)?.spec.contacts ?? [];
    return {
      kind,
      name,
      spec: { ...document.spec, contacts: document.spec.contacts.map((one) => withSecret(one, before)) },
      key: null,
    };
  }
  if (isOf(document, 'Subscription')) {
    const before = snapshot.get('Subscription', name)?.spec;
    return { kind, name, spec: withSubscriptionSecret(document.spec, before), key: null };
  }
  return { kind, name, spec: document.spec, key: null };
}

/** Secrets are never shown, so a document that was read and is sent again must not lose them. */
function withSecret(contact: ContactSpec, before: readonly ContactSpec[]): ContactSpec {
  if (contact.secret !== undefined) return contact;
  const secret = before.find(
    ({ name, address, channel }) =>
      name === contact.name && address === contact.address && channel === contact.channel,
  )?.secret;
  return secret === undefined ? contact : { ...contact, secret };
}

/** The same receiver keeps its secret; another address or format gets a new one. */
function withSubscriptionSecret(
  wanted: SubscriptionSpec,
  before: SubscriptionSpec | undefined,
): SubscriptionSpec {
  if (wanted.secret !== undefined || before === undefined) return wanted;
  if (before.url !== wanted.url || before.format !== wanted.format) return wanted;
  const { secret, previousSecret } = before;
  return {
    ...wanted,
    ...(secret === undefined ? {} : { secret }),
    ...(wanted.previousSecret !== undefined || previousSecret === undefined ? {} : { previousSecret }),
  };
}

const isOf = <K extends ConfigKind>(
  document: ParsedDocument,
  kind: K,
): document is ParsedDocument & ParsedDocument<K> => document.kind === kind;
