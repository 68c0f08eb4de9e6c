/** Errors for objects that must have exactly one of several keys (a target, a check, a runbook step). */

interface UnionIssue {
  code?: string;
  input?: unknown;
}

/**
 * The `error` of a zod union: a sentence when the choice itself is wrong, else undefined, so that the errors of the chosen branch
 * are shown (see `problems.ts`). `later`: planned kinds that are not supported yet.
 */
export function oneKind(
  kinds: readonly string[],
  later: readonly string[] = [],
): (issue: UnionIssue) => string | undefined {
  return ({ input }) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
    const unsupported = later.find((kind) => Object.hasOwn(input, kind));
    if (unsupported !== undefined)
      return `"${unsupported}" is not supported yet; use one of ${kinds.join(', ')}`;
    const named = kinds.filter((kind) => Object.hasOwn(input, kind));
    if (named.length === 0) return `one of ${kinds.join(', ')} is missing`;
    return named.length > 1 ? `only one of ${named.join(' and ')} can be here` : undefined;
  };
}
