/** Refusal of the domain → problem: a wrong field, a missing permission, or a conflict. */
import type { Refused } from '../../domain/oncall/decide-override.js';
import { forbidden, invalid, notFound, Problem } from '../common/problem.js';

export function accepted<T extends { kind: 'accepted' }>(
  outcome: T | Refused | { kind: 'not_found' },
  what: string,
): T {
  switch (outcome.kind) {
    case 'not_found':
      throw notFound(`There is no ${what}.`);
    case 'refused': {
      const { code, detail, path } = outcome;
      if (path !== undefined) throw invalid(detail, [{ path, message: detail }]);
      throw code === 'not_yours' ? forbidden(detail) : new Problem(409, code, detail);
    }
    case 'accepted':
      return outcome;
  }
}
