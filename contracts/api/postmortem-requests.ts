/** `PUT …/postmortem`: sections, action items or both. */
import { z } from 'zod';
import { SectionsBody } from './postmortem.js';
import { line, slug } from '../config/fields.js';

const actionItem = z.strictObject({
  id: z
    .uuid()
    .nullish()
    .transform((id) => id ?? null)
    .meta({ description: 'Left out: a new item.' }),
  title: line(300),
  owner: slug.nullish().transform((owner) => owner ?? null),
  due: z.iso
    .date({ error: 'a date such as 2026-11-30' })
    .nullish()
    .transform((due) => due ?? null),
  url: z
    .url({ protocol: /^https?$/, error: 'a full http or https address' })
    .max(2048)
    .nullish()
    .transform((url) => url ?? null),
});

export const EditBody = SectionsBody.extend({
  sections: SectionsBody.shape.sections.optional(),
  actionItems: z
    .array(actionItem)
    .max(100)
    .optional()
    .meta({ description: 'The whole list of open items; left out: unchanged.' }),
})
  .refine(({ sections, actionItems }) => sections !== undefined || actionItems !== undefined, {
    path: ['sections'],
    error: 'missing: sections or actionItems are needed',
  })
  .meta({ id: 'PostmortemEdit' });
export type EditBody = z.output<typeof EditBody>;
