/** `group` of services and response plans. */
import { z } from 'zod';
import type { GroupSpec } from '../../domain/alert/group-spec.js';
import { line, positiveDuration } from './fields.js';

const by = z
  .union([z.literal('none').transform((): string[] => []), z.array(line(128)).max(10)], {
    error: 'a list of names such as [sender, alertname], or none',
  })
  .meta({
    description:
      'What alerts of one incident have in common: sender (the group key that the sender gives), source, title, severity, or names of labels; none, or an empty list: each alert is an incident of its own. Left out: sender, else alertname, class, or the title without numbers and ids.',
  });

export const groupSpec = z
  .strictObject({
    by: by.optional(),
    window: positiveDuration
      .optional()
      .meta({ description: 'Since the last alert that joined; 10m when left out.' }),
    page: z
      .enum(['higher', 'always', 'never'])
      .optional()
      .meta({ description: 'When an alert that joins pages again; higher (its priority is) when left out.' }),
  })
  .meta({ id: 'Group', description: 'Which alerts are one incident; never across services.' }) satisfies z.ZodType<GroupSpec>; // prettier-ignore
