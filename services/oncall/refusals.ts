/** Refusal of the domain, with the names of the snapshot where it marks people or documents, → problem: a wrong field, a missing permission, or a conflict. */
import type { Refused } from '../../domain/oncall/decide-override.js';
import { forbidden, invalid, notFound, Problem } from '../common/problem.js';
import { namesFrom, spoken } from '../../domain/people/spoken.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { displayNamesIn } from '../../domain/config/display-names.js';

export function accepted<T extends { kind: 'accepted' }>(
  outcome: T | Refused | { kind: 'not_found' },
  what: string,
  snapshot?: ConfigSnapshot,
): T {
  switch (outcome.kind) {
    case 'not_found':
      throw notFound(`There is no ${what}.`);
    case 'refused': {
      const { code, path } = outcome;
      const detail = spoken(
        outcome.detail,
        snapshot === undefined ? undefined : namesFrom(displayNamesIn(snapshot)),
      );
      if (path !== undefined) throw invalid(detail, [{ path, message: detail }]);
      throw code === 'not_yours' ? forbidden(detail) : new Problem(409, code, detail);
    }
    case 'accepted':
      return outcome;
  }
}
