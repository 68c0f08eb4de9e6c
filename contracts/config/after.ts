/** `after`, of services and response plans. */
import { z } from 'zod';
import { AFTER_COUNT_MAX } from '../../domain/alert/only-after.js';
import type { AfterSpec } from '../../domain/alert/after-spec.js';
import { durationMs } from '../../domain/shared/duration.js';
import { positiveDuration } from './fields.js';

const WITHIN_MAX = '1d';

export const afterSpec = z
  .strictObject({
    count: z.int().min(2).max(AFTER_COUNT_MAX),
    within: positiveDuration.refine((text) => durationMs(text) <= durationMs(WITHIN_MAX), {
      error: `a duration of at most ${WITHIN_MAX}`,
    }),
  })
  .meta({
    id: 'After',
    description: 'An alert opens an incident only after so many messages within so long; repeats count.',
  }) satisfies z.ZodType<AfterSpec>;
