/** A configuration made of a few documents, for tests. */
import { NO_LIVE_DATA } from '../../config/live-data.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../../config/specs.js';
import type { Role } from '../../config/terms.js';
import type { PersonalRule } from '../../people/person-spec.js';

export function snapshotWith(...documents: ConfigDocument[]): ConfigSnapshot {
  const find = <K extends ConfigKind>(kind: K) =>
    documents.filter((document) => document.kind === kind) as ConfigDocument<K>[];
  return {
    version: 1,
    live: NO_LIVE_DATA,
    list: find,
    get: (kind, name) => find(kind).find((document) => document.name === name),
  };
}

/** A person with a webhook and an email contact. */
export const person = (
  name: string,
  rules: { high?: PersonalRule[]; low?: PersonalRule[] } = {},
  role: Role = 'responder',
): ConfigDocument<'Person'> => ({
  kind: 'Person',
  name,
  revision: 1,
  spec: {
    displayName: name,
    email: `${name}@example.com`,
    timezone: 'UTC',
    role,
    contacts: [
      { name: 'hook', channel: 'webhook', address: `https://hooks.example.com/${name}` },
      { name: 'mail', channel: 'email', address: `${name}@example.com` },
    ],
    rules: { high: rules.high ?? [], low: rules.low ?? [] },
  },
});
