import type { ConfigSnapshot } from '../config/specs.js';

/** Teams of a person, as a member or as a manager. */
export const teamsOf = (snapshot: Pick<ConfigSnapshot, 'list'>, person: string): string[] =>
  snapshot
    .list('Team')
    .filter(({ spec }) => spec.members.includes(person) || spec.managers.includes(person))
    .map(({ name }) => name);
