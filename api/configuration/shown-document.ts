/** A document as it is given out: its envelope, without any secret. */
import { canonicalYaml } from '../../contracts/config/diff.js';
import { API_VERSION } from '../../contracts/config/kinds.js';
import type { DocumentInForce } from '../../db/config-store.js';
import type { ConfigKind, PersonSpec, SubscriptionSpec } from '../../domain/config/specs.js';

export function shownDocument({ kind, name, spec, revision, managedBy, author, at }: DocumentInForce) {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name },
    spec: withoutSecrets(kind, spec),
    revision,
    managedBy,
    author,
    at,
  };
}

/** YAML that can be applied as it is: what it leaves out stays. */
export const yamlOf = (documents: readonly DocumentInForce[]): string =>
  documents
    .map(({ kind, name, spec }) => canonicalYaml({ kind, name, spec: withoutSecrets(kind, spec) }))
    .join('---\n');

export function withoutSecrets(kind: ConfigKind, spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null) return spec;
  if (kind === 'Person') {
    const { contacts, ...rest } = spec as PersonSpec;
    return { ...rest, contacts: contacts.map(({ secret: _secret, ...contact }) => contact) };
  }
  if (kind === 'Subscription') {
    const { secret: _secret, previousSecret: _previous, ...rest } = spec as SubscriptionSpec;
    return rest;
  }
  if (kind !== 'Source') return spec;
  const { key: _key, ...rest } = spec as Record<string, unknown>;
  return rest;
}
