/** A document as replies show it: its envelope, without secrets. */
import { canonicalYaml } from '../../contracts/config/diff.js';
import { API_VERSION } from '../../contracts/config/kinds.js';
import type { DocumentInForce } from '../../db/config/config-store.js';
import { mayDo } from '../../domain/access/permissions.js';
import { maskAddress } from '../../domain/people/mask-address.js';
import type { Identity } from '../common/identity.js';
import type { ConfigKind } from '../../domain/config/specs.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { SubscriptionSpec } from '../../domain/subscription/subscription-spec.js';

/** Reader of a document: a person sees their own addresses, and people managers see all. */
export type Reader = Pick<Identity, 'person' | 'role'>;

const seesAddresses = ({ person, role }: Reader, name: string): boolean =>
  person === name || mayDo(role, 'people.manage');

export function shownDocument(
  { kind, name, spec, revision, managedBy, author, at }: DocumentInForce,
  reader: Reader,
) {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name },
    spec: shownSpec({ kind, name, spec }, reader),
    revision,
    managedBy,
    author,
    at,
  };
}

/**
 * YAML that can be applied as it is: documents that are missing in it stay. People whose addresses the reader may not see are
 * left out whole, because applying masked addresses would store the masks.
 */
export function yamlOf(documents: readonly DocumentInForce[], reader: Reader): string {
  const isLeftOut = ({ kind, name }: DocumentInForce): boolean =>
    kind === 'Person' && !seesAddresses(reader, name);
  const left = documents.filter(isLeftOut).map(({ name }) => name);
  const said =
    left.length === 0
      ? ''
      : `# Left out, because you may not see their addresses: Person ${left.join(', ')}\n`;
  const shown = documents.filter((one) => !isLeftOut(one));
  return `${said}${shown
    .map(({ kind, name, spec }) => canonicalYaml({ kind, name, spec: withoutSecrets(kind, spec) }))
    .join('---\n')}`;
}

/** Without secrets, and with masked addresses for readers who may not see them. */
export function shownSpec(
  { kind, name, spec }: { kind: ConfigKind; name: string; spec: unknown },
  reader: Reader,
): unknown {
  const shown = withoutSecrets(kind, spec);
  if (kind !== 'Person' || shown === null || seesAddresses(reader, name)) return shown;
  const { contacts, email, ...rest } = shown as PersonSpec;
  return {
    ...rest,
    email: maskAddress('email', email),
    contacts: contacts.map((contact) => ({
      ...contact,
      address: maskAddress(contact.channel, contact.address),
    })),
  };
}

function withoutSecrets(kind: ConfigKind, spec: unknown): unknown {
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
