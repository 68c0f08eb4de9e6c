/** Query of `GET /api/v1/oncall`: now, or at an instant; all teams or one. */
import { z } from 'zod';
import { Instant } from './common.js';
import { slug } from '../config/fields.js';

export const OncallQuery = z.strictObject({ at: Instant.optional(), team: slug.optional() });
export type OncallQuery = z.output<typeof OncallQuery>;
