/** The configuration with another policy in it, and the problems of that policy. */
import { checkReferences, type Problem } from '../config/references.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../config/specs.js';
import type { PolicySpec } from './policy-spec.js';

/** Revision 0 marks a policy that was never applied. All else is as in force. */
export function withPolicy(
  snapshot: ConfigSnapshot,
  name: string,
  spec: PolicySpec,
  revision = 0,
): ConfigSnapshot {
  const proposed: ConfigDocument<'EscalationPolicy'> = { kind: 'EscalationPolicy', name, revision, spec };
  return {
    ...snapshot,
    // A document returned for a kind has that kind.
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

/** Errors would stop the policy from being applied; warnings concern steps that reach no person. */
export const policyProblems = (snapshot: ConfigSnapshot, name: string): Problem[] =>
  checkReferences(snapshot).filter((one) => one.kind === 'EscalationPolicy' && one.name === name);
