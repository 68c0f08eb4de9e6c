/** The caller as the maker of a silence or a maintenance window. */
import type { SilencedBy } from '../../db/alert/silence-store.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { teamsOf } from '../../domain/response/teams-of.js';
import { existingPerson } from '../common/acting.js';
import type { Identity } from '../common/identity.js';
import { forbidden } from '../common/problem.js';

/** The person who is reminded and asked; null when a key makes it for nobody. */
export function ownerOf(
  identity: Identity,
  named: string | undefined,
  snapshot: ConfigSnapshot,
): string | null {
  if (identity.person === null) return named === undefined ? null : existingPerson(named, 'person', snapshot);
  if (named !== undefined && named !== identity.person)
    throw forbidden(`You are ${identity.person}; only an API key may act for somebody else.`);
  return identity.person;
}

export function silencer(identity: Identity, snapshot: ConfigSnapshot): SilencedBy {
  const { actor, person, role, team } = identity;
  const teams = team !== null ? [team] : person === null ? [] : teamsOf(snapshot, person);
  return {
    actor,
    person,
    teams,
    isManager: team === null && (mayDo(role, 'alerts.manage') || person === null),
  };
}
