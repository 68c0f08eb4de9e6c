/** Filters of the list of incidents; `status` may be repeated or separated by commas. */
import { z } from 'zod';
import { slug } from '../config/fields.js';
import { INCIDENT_ORDERS } from '../../domain/incident/incident-order.js';
import { flag, page } from './query.js';

const status = z.enum(['triggered', 'acknowledged', 'resolved', 'closed']);

export const IncidentsQuery = z.strictObject({
  ...page,
  status: z
    .union([z.string(), z.array(z.string())])
    .transform((text) => [text].flat().flatMap((one) => one.split(',')))
    .pipe(z.array(status))
    .optional(),
  service: slug.optional(),
  team: slug.optional(),
  drill: flag.optional(),
  order: z.enum(INCIDENT_ORDERS).optional().meta({
    description: 'newest (default), or urgency: triggered incidents first, then priority, then age.',
  }),
});
export type IncidentsQuery = z.output<typeof IncidentsQuery>;
