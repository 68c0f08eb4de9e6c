/** Refuses two people with one mail address: a sign-in by mail would be ambiguous. */
import type { Problem } from '../../domain/config/references.js';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';

export function duplicateAddresses(
  documents: readonly Pick<ConfigDocument, 'kind' | 'name' | 'spec'>[],
): Problem[] {
  const owners = new Map<string, string>();
  return documents.flatMap(({ kind, name, spec }): Problem[] => {
    if (kind !== 'Person') return [];
    const address = (spec as PersonSpec).email.toLowerCase();
    const owner = owners.get(address);
    owners.set(address, owner ?? name);
    if (owner === undefined) return [];
    return [
      {
        severity: 'error',
        kind,
        name,
        path: 'spec.email',
        message: `Person "${owner}" has the same address`,
      },
    ];
  });
}
