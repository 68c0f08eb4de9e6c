/** The configuration as it would be with another policy in it, and what would be wrong with that. */
import { checkReferences, type Problem } from '../config/references.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot, PolicySpec } from '../config/specs.js';

/** Revision 0: it was never applied. Everything else is as it is in force. */
export function withPolicy(
  snapshot: ConfigSnapshot,
  name: string,
  spec: PolicySpec,
  revision = 0,
): ConfigSnapshot {
  const proposed: ConfigDocument<'EscalationPolicy'> = { kind: 'EscalationPolicy', name, revision, spec };
  return {
    ...snapshot,
    // A document found or listed under a kind is a document of that kind.
    get: <K extends ConfigKind>(kind: K, wanted: string) =>
      kind === 'EscalationPolicy' && wanted === name
        ? (proposed as ConfigDocument as ConfigDocument<K>)
        : snapshot.get(kind, wanted),
    list: <K extends ConfigKind>(kind: K) =>
      kind === 'EscalationPolicy'
        ? [
            ...snapshot.list(kind).filter((one) => one.name !== name),
            proposed as ConfigDocument as ConfigDocument<K>,
          ]
        : snapshot.list(kind),
  };
}

/** Errors would stop it from being applied; warnings are about steps that reach nobody. */
export const policyProblems = (snapshot: ConfigSnapshot, name: string): Problem[] =>
  checkReferences(snapshot).filter((one) => one.kind === 'EscalationPolicy' && one.name === name);
