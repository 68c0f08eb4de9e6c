/** Query strings shared by lists. */
import { z } from 'zod';
import { PageQuery } from './common.js';

/** A whole number in a query string. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: `a whole number from ${least} to ${most}` })
    .transform(Number)
    .pipe(z.int().min(least).max(most));

export const flag = z
  .enum(['true', 'false'], { error: 'true or false' })
  .transform((text) => text === 'true');

/** `?limit&cursor` → `{items, next}`. */
export const page = PageQuery.shape;

export { PageQuery };
