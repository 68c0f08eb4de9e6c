/** Responses in RFC 9457 problem JSON, for formats without an error body of their own. */
import type { Json } from '../../../domain/alert/signal.js';
import { type FieldError, type SourceReply, sizeText } from './format.js';

interface Problem {
  status: number;
  title: string;
  /** Stable code that scripts may compare. */
  code: string;
  detail: string;
  errors?: readonly FieldError[];
}

function problem({ status, title, code, detail, errors }: Problem, retryAfterS?: number): SourceReply {
  const body: Record<string, Json> = { type: 'about:blank', title, status, detail, code };
  if (errors !== undefined) body['errors'] = errors.map(({ path, message }) => ({ path, message }));
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (retryAfterS !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterS)));
  return { status, body, headers };
}

export const invalidBody = (errors: readonly FieldError[]): SourceReply =>
  problem({
    status: 400,
    title: 'Bad Request',
    code: 'invalid_body',
    detail: `The body was not accepted: ${errors[0] === undefined ? 'it is not valid' : `${errors[0].path}: ${errors[0].message}`}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`,
    errors,
  });

export const bodyTooLarge = (limitBytes: number): SourceReply =>
  problem({
    status: 413,
    title: 'Content Too Large',
    code: 'body_too_large',
    detail: `The body is larger than ${sizeText(limitBytes)}, the limit of this format.`,
    errors: [{ path: 'body', message: `must be at most ${sizeText(limitBytes)}` }],
  });

export const unknownKey = (): SourceReply =>
  problem({
    status: 403,
    title: 'Forbidden',
    code: 'unknown_source_key',
    detail:
      'No source has this key. A source key has 32 characters of a-z and 0-9 and is shown when its Source is applied.',
  });

export const notStored = (retryAfterS: number): SourceReply =>
  problem(
    {
      status: 503,
      title: 'Service Unavailable',
      code: 'unavailable',
      detail: `The alert could not be stored just now. Send it again in ${Math.ceil(retryAfterS)} s.`,
    },
    retryAfterS,
  );
