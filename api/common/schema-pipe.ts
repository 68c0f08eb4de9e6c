/** Checks `@Body({ schema })` and `@Query({ schema })` with their zod schema (Standard Schema): every field error at once. */
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { invalid, type ProblemField } from './problem.js';

const MOST_ERRORS = 100;

export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (schema === undefined) return value;
    // A command without a body is a command with no options.
    const result = await schema['~standard'].validate(value ?? {});
    if (result.issues === undefined) return result.value;
    const where = type === 'query' ? 'query' : 'body';
    const errors = result.issues.slice(0, MOST_ERRORS).map(({ message, path }): ProblemField => ({ path: pathText(path, where), message }));
    const first = errors[0] ?? { path: where, message: 'is not valid' };
    const more = result.issues.length > 1 ? ` (and ${result.issues.length - 1} more)` : '';
    throw invalid(`The ${where} was not accepted: ${first.path}: ${first.message}${more}`, errors);
  }
}

type IssuePath = readonly (PropertyKey | { readonly key: PropertyKey })[];

function pathText(path: IssuePath | undefined, where: string): string {
  let text = '';
  for (const part of path ?? []) {
    const key = typeof part === 'object' ? part.key : part;
    text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key)}`;
  }
  return text === '' ? where : text;
}
