/**
 * One reader for every body: the route's config decides how a body is read, never the sender's content type (docs/wire.md §1 rule
 * 6, docs/security.md S15). JSON is strict (no duplicate keys, no `__proto__`); the bytes stay available as `request.rawBody`.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJson } from '../../shared/json/json.js';
import { Problem } from '../../services/common/problem.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';

declare module 'fastify' {
  interface FastifyRequest {
    rawBody: Buffer | null;
  }
}

/** `type/subtype` (RFC 9110 §8.3.1). */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

export function registerBodyParser(fastify: FastifyInstance): void {
  fastify.decorateRequest('rawBody', null);
  // Fastify refuses a content type that is no media type before it calls a parser; the alert in the body would be lost.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    if (headers['content-type'] !== undefined && !MEDIA_TYPE.test(headers['content-type']))
      delete headers['content-type'];
    done();
  });
  // Fastify would close the connection on a body that is too large, and a sender that is still writing would see a broken pipe
  // instead of our 413. With the connection open, Node reads and discards the rest (bounded by the request time-out).
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (reply.statusCode === 413) reply.removeHeader('connection');
    done();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const raw = Buffer.isBuffer(body) ? body : Buffer.from(body);
    request.rawBody = raw;
    try {
      done(null, parse(request, raw));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function parse(request: FastifyRequest, raw: Buffer): unknown {
  switch (request.routeOptions.config.body ?? 'json') {
    case 'raw':
      return raw;
    case 'form':
      return parseForm(raw, request.routeOptions.config.formFields);
    case 'json':
      return raw.length === 0 ? undefined : parseJson(request, raw);
  }
}

/** Fields cost more to process than bytes do. The largest request has less than a tenth of this number. */
const JSON_FIELDS_MAX = 10_000;

function parseJson(request: FastifyRequest, raw: Buffer): unknown {
  const outcome = readJson(raw, request.headers, { keysMax: JSON_FIELDS_MAX });
  if (outcome.kind === 'json') return outcome.value;
  const errors = outcome.errors.map(({ path, message }) => ({ path, message }));
  throw new Problem(
    400,
    'invalid_json',
    `The body is not JSON that can be read: ${errors[0]?.message ?? 'it is broken'}`,
    { errors },
  );
}

/** Most fields of one form; a page that needs more declares it. */
export const FORM_FIELDS_MAX = 200;

/**
 * A field that is sent several times becomes a list. The object has no prototype, so no field name can reach one. The fields are
 * counted before any is read, and each costs the same however many there are.
 */
export function parseForm(
  raw: Uint8Array,
  fieldsMax: number = FORM_FIELDS_MAX,
): Record<string, string | string[]> {
  const text = Buffer.from(raw).toString('utf8');
  if (fieldCount(text) > fieldsMax)
    throw new Problem(400, 'too_many_fields', `The form has more than ${fieldsMax} fields.`);
  return formOf(text, jsonbSafeText);
}

/** Fields of a form. The caller checks their number first. */
export function formOf(
  text: string,
  valueOf: (value: string) => string = (value) => value,
): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = Object.create(null);
  for (const [name, sent] of new URLSearchParams(text)) {
    const value = valueOf(sent);
    const known = form[name];
    if (known === undefined) form[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else form[name] = [known, value];
  }
  return form;
}

/** Upper bound of a form's fields, without parsing it. */
export function fieldCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) count += 1;
  return count;
}
