/** Fields that are planned and that nothing reads yet: refused with a sentence, since what is accepted is acted on. */
import { z } from 'zod';

/** `why`: what is not there, and what would be right instead. */
export const notYet = (why: string) =>
  z
    .never({ error: `not supported yet: ${why}` })
    .optional()
    .meta({ description: `Not supported yet: ${why}.` });

/** Kinds of documents that are planned; until they act none is stored. */
export const LATER_KINDS: ReadonlyMap<string, string> = new Map([
  ['Watch', 'nothing reads metrics; let your monitoring send an alert to a Source'],
  ['PriorityRules', 'the priority follows from severity and tier'],
  ['Inhibition', 'inhibit in your Alertmanager'],
  ['Secret', 'runbook secrets are variables of the worker, TOCSIN_SECRET_<NAME>'],
  ['PostmortemTemplate', 'post-mortems have the built-in sections'],
]);
