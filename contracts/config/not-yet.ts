/** Planned fields that no code reads yet: refused with a sentence, because accepted fields must have an effect. */
import { z } from 'zod';

/** `why`: the missing feature, and the alternative. */
export const notYet = (why: string) =>
  z
    .never({ error: `not supported yet: ${why}` })
    .optional()
    .meta({ description: `Not supported yet: ${why}.` });

/** Planned kinds of documents; none is stored until it has an effect. */
export const LATER_KINDS: ReadonlyMap<string, string> = new Map([
  ['Secret', 'runbook secrets are variables of the worker, TOCSIN_SECRET_<NAME>'],
  ['PostmortemTemplate', 'post-mortems have the built-in sections'],
]);
