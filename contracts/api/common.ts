/** Schemas shared by all routes: problem bodies, keyset pages, common fields of commands. */
import { z } from 'zod';
import { longText, slug } from '../config/fields.js';

/** ISO 8601 in UTC, as all replies give it. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'an instant such as 2026-11-22T22:10:00Z' })
  .meta({ id: 'Instant' });

/** RFC 9457. `code` is stable; `errors` name the fields, with file, line and column in configuration documents. */
export const ProblemReply = z
  .looseObject({
    type: z.string().optional(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    errors: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          file: z.string().optional(),
          line: z.int().optional(),
          col: z.int().optional(),
        }),
      )
      .optional(),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem; a refusal by the domain has status 409 and the `state` of the incident.',
  });
export type ProblemReply = z.output<typeof ProblemReply>;

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;

/** Query strings are text, so the limit is parsed from text. */
export const PageQuery = z
  .strictObject({
    limit: z
      .union(
        [
          z.int(),
          z
            .string()
            .regex(/^\d{1,9}$/)
            .transform(Number),
        ],
        { error: `a whole number from 1 to ${PAGE_MAX}` },
      )
      .pipe(z.int().min(1).max(PAGE_MAX))
      .default(PAGE_DEFAULT),
    cursor: z.string().min(1).max(200).optional().meta({ description: '`next` of the page before.' }),
  })
  .meta({ id: 'PageQuery' });
export type PageQuery = z.output<typeof PageQuery>;

/** `{items, next}`; `next` is the cursor of the next page, null at the end. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const comment = longText(2000).optional();
/** A signed-in person omits it; an API key that may act for people names one. */
export const actingFor = slug
  .optional()
  .meta({ description: 'The person an API key acts for; a signed-in person leaves it out.' });
