import { z } from 'zod';
import { ALERT_FIELDS } from '../../domain/alert/matcher.js';
import type { InhibitionSpec } from '../../domain/alert/inhibition-spec.js';
import { line } from './fields.js';

const name = line(128);
const text = z.string().min(1, { error: 'a text, not an empty one' }).max(1024);

const fields = z
  .record(name, z.union([text, z.array(text).min(1).max(50)], { error: 'a text, or a list of texts' }))
  .refine((value) => Object.keys(value).length > 0, {
    error: 'at least one field or label; without one, every alert would match',
  })
  .refine((value) => Object.keys(value).length <= 20, { error: 'at most 20 fields and labels' });

export const inhibitionSpec = z
  .strictObject({
    when: fields.meta({
      description: `The alert that explains others: ${ALERT_FIELDS.join(', ')} or names of labels, each equal to the text or to one of the list. All have to hold.`,
    }),
    mutes: fields.meta({ description: 'The alerts that are held while one of `when` fires.' }),
    equal: z.array(name).max(20).default([]).meta({
      description: 'Labels that both alerts have with the same value; one without it is not equal.',
    }),
  })
  .meta({
    id: 'InhibitionSpec',
    description: 'Alerts that are held while another alert fires that explains them.',
  }) satisfies z.ZodType<InhibitionSpec>;
