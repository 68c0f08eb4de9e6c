/** Identity of the caller, from the session or key; never taken from a header or body of the request. */
import type { Role } from '../../domain/config/terms.js';
import type { Actor } from '../../domain/incident/state.js';

export interface Identity {
  kind: 'person' | 'key' | 'admin-token';
  actor: Actor;
  /** The person's name, or null for keys. */
  person: string | null;
  role: Role;
  /** Set for a signed-in person only. */
  session?: string;
  /** The one team that a key is limited to; null: the whole organisation. */
  team: string | null;
}
