/** The `Idempotency-Key` header: the same key again is the same wish, recorded once; with another wish it is refused. */
import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalid } from './problem.js';

export interface Idempotency {
  key: string;
  /** Of the wish that the key stands for. */
  digest: string;
}

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

/** Names that tell one showing of a form from another and are no part of what is wished. */
const NO_WISH = ['csrf', 'once', 'position'];

/** A page gives its forms a key each time it is drawn: a double press is one press. */
export function idempotencyOfForm(body: unknown): Idempotency | undefined {
  if (typeof body !== 'object' || body === null || !('once' in body)) return undefined;
  const { once } = body;
  if (typeof once !== 'string' || once === '') return undefined;
  const wish = Object.fromEntries(Object.entries(body).filter(([name]) => !NO_WISH.includes(name)));
  return { key: once.slice(0, 200), digest: digestOf(wish) };
}

/** The same for the same content, whatever the order of its fields. */
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
