import type { ConfigSnapshot } from '../config/specs.js';

/** The teams that somebody answers for: as a member, or as their manager. */
export const teamsOf = (snapshot: Pick<ConfigSnapshot, 'list'>, person: string): string[] =>
  snapshot
    .list('Team')
    .filter(({ spec }) => spec.members.includes(person) || spec.managers.includes(person))
    .map(({ name }) => name);
