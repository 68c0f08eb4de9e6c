/** Validates `@Body({ schema })` and `@Query({ schema })` with their zod schema; reports every field error at once. */
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { fieldProblems, pathText } from '../contracts/problems.js';
import { invalid } from '../services/common/problem.js';

const MOST_ERRORS = 100;

export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) return value;
    // A command without a body has no options.
    const input = value ?? {};
    const result = schema.safeParse(input);
    if (result.success) return result.data;
    const where = type === 'query' ? 'query' : 'body';
    const errors = fieldProblems(result.error, input)
      .slice(0, MOST_ERRORS)
      .map(({ path, message }) => ({ path: path.length === 0 ? where : pathText(path), message }));
    const first = errors[0] ?? { path: where, message: 'is not valid' };
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw invalid(`The ${where} was not accepted: ${first.path}: ${first.message}${more}`, errors);
  }
}
