/** Values that are pushed to watches. */
import { z } from 'zod';
import { slug } from '../config/fields.js';
import { Instant } from './common.js';

export const PUSHED_MOST = 1_000;

export const PushedValueBody = z
  .strictObject({
    watch: slug.meta({ description: 'A Watch with source: {push: {}}.' }),
    value: z.number({ error: 'a finite number' }).min(-1e100).max(1e100),
    at: Instant.optional().meta({ description: 'When it was measured; when it is received if left out.' }),
  })
  .meta({ id: 'PushedValue' });
