/** `Idempotency-Key` header: a repeated key with the same body is recorded once; with another body it is refused. */
import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Idempotency } from '../services/common/idempotency.js';
import { invalid } from '../services/common/problem.js';

export function idempotencyKeyOf(_data: unknown, context: ExecutionContext): Idempotency | undefined {
  const { headers, body } = context.switchToHttp().getRequest<FastifyRequest>();
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return { key, digest: digestOf(body) };
  throw invalid('Idempotency-Key is 1 to 200 visible characters.', [
    { path: 'Idempotency-Key', message: 'must be 1 to 200 visible ASCII characters' },
  ]);
}

export const IdempotencyKey = createParamDecorator(idempotencyKeyOf);

/** Fields that differ between two renderings of the same form. */
const NOT_COMPARED = ['csrf', 'idempotencyKey', 'position'];

/** Every rendering of a page gives its forms a key, so a double press is recorded once. */
export function idempotencyOfForm(body: unknown): Idempotency | undefined {
  if (typeof body !== 'object' || body === null || !('idempotencyKey' in body)) return undefined;
  const { idempotencyKey: key } = body;
  if (typeof key !== 'string' || key === '') return undefined;
  const compared = Object.fromEntries(Object.entries(body).filter(([name]) => !NOT_COMPARED.includes(name)));
  return { key: key.slice(0, 200), digest: digestOf(compared) };
}

/** The digest does not depend on the order of fields. */
const digestOf = (body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(inOrder(body ?? null)))
    .digest('base64url');

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, inOrder(field)]),
  );
}
