/** Any thrown value → problem of the reply. An unknown error becomes a 500 without details. */
import { HttpException } from '@nestjs/common';
import { OverBudget, TooManyJobs } from '../shared/thread.js';
import { isDatabaseAway } from '../db/connection/database-away.js';
import { InvalidCursor } from '../db/connection/page.js';
import { ScheduleError } from '../domain/oncall/schedule.js';
import { Problem, unavailable } from '../services/common/problem.js';

export { isDatabaseAway };

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidCursor) {
    return new Problem(400, 'invalid_cursor', error.message, {
      errors: [{ path: 'cursor', message: error.message }],
    });
  }
  if (error instanceof ScheduleError) return new Problem(422, 'unresolvable_schedule', error.message);
  if (error instanceof HttpException) return fromNest(error);
  if (error instanceof OverBudget)
    return new Problem(422, 'too_expensive', 'This takes longer than one request may; request less at once.');
  if (error instanceof TooManyJobs)
    return new Problem(
      429,
      'too_many_requests',
      'Too many of your requests of this kind are already waiting.',
    );
  const { code, statusCode, message } = fieldsOf(error);
  if (isDatabaseAway(error)) return unavailable();
  const known = code === undefined ? undefined : byCode[code];
  if (known !== undefined) return known;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem(statusCode, 'bad_request', message);
  return new Problem(
    500,
    'internal',
    'An internal error occurred; the request is not at fault. It was logged under this requestId.',
  );
}

const tooLarge = new Problem(413, 'body_too_large', 'The body is larger than this route takes.');

const noSuchTime = new Problem(
  400,
  'invalid_time',
  'A time is not one of the calendar here, whose years go from 0001 to 9999.',
);

/** Fastify's own refusals, and values that PostgreSQL cannot take (a NUL in a text, a number out of range). */
const byCode: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: tooLarge,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Problem(
    400,
    'bad_request',
    'The body is not as long as Content-Length says.',
  ),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Problem(
    415,
    'unsupported_media_type',
    'The Content-Type is not one that this route reads.',
  ),
  FST_ERR_BAD_URL: new Problem(400, 'bad_url', 'The path is not validly percent-encoded.'),
  FST_ERR_MAX_PARAM_LENGTH: new Problem(
    414,
    'uri_too_long',
    'A part of the path is longer than any name here.',
  ),
  '22021': new Problem(400, 'invalid_text', 'A text holds a character that cannot be stored (NUL).'),
  '22P05': new Problem(400, 'invalid_text', 'A text holds a character that cannot be stored (NUL).'),
  '22003': new Problem(400, 'invalid_number', 'A number is out of range.'),
  '22007': noSuchTime,
  '22008': noSuchTime,
};

function fromNest(error: HttpException): Problem {
  const status = error.getStatus();
  if (status === 404)
    return new Problem(
      404,
      'not_found',
      'No page or route has this address. The pages are linked from /, the routes of the API are listed at /api/docs.',
    );
  if (status >= 500)
    return new Problem(
      500,
      'internal',
      'An internal error occurred; the request is not at fault. It was logged under this requestId.',
    );
  return status === 413 ? tooLarge : new Problem(status, 'bad_request', error.message);
}

interface ErrorFields {
  code?: string;
  statusCode?: number;
  message: string;
}

function fieldsOf(error: unknown): ErrorFields {
  if (typeof error !== 'object' || error === null) return { message: 'The request could not be read.' };
  const { code, statusCode, message } = error as Record<string, unknown>;
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof statusCode === 'number' ? { statusCode } : {}),
    message: typeof message === 'string' ? message : 'The request could not be read.',
  };
}
