/** The `Idempotency-Key` header: the same key again is the same wish, recorded once. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalid } from './problem.js';

export function idempotencyKeyOf(_data: unknown, context: ExecutionContext): string | undefined {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw invalid('Idempotency-Key is 1 to 200 visible characters.', [
    { path: 'Idempotency-Key', message: 'must be 1 to 200 visible ASCII characters' },
  ]);
}

export const IdempotencyKey = createParamDecorator(idempotencyKeyOf);
