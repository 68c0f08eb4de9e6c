/** Planned kinds of documents; none is stored until it has an effect. */
export const LATER_KINDS: ReadonlyMap<string, string> = new Map([
  ['Secret', 'runbook secrets are variables of the worker, TOCSIN_SECRET_<NAME>'],
  ['PostmortemTemplate', 'post-mortems have the built-in sections'],
]);
