/** Responses of PagerDuty's Events API v2, which its clients parse exactly: `status`, `dedup_key`, the `errors` list. */
import type { AlertSignal } from '../../../domain/alert/signal.js';
import {
  type FieldError,
  type SourceFormat,
  type SourceReply,
  sizeText,
} from '../../shared/alerts/format.js';

/** PagerDuty's own limit: 512 KB. */
const BODY_LIMIT_BYTES = 512 * 1024;

type Replies = Omit<SourceFormat, 'name' | 'parse'>;

const retryAfter = (seconds: number): Record<string, string> => ({
  'retry-after': String(Math.max(1, Math.ceil(seconds))),
});

const invalid = (status: number, errors: readonly string[]): SourceReply => ({
  status,
  body: { status: 'invalid event', message: 'Event object is invalid', errors: [...errors] },
});

export const replies: Replies = {
  bodyLimitBytes: BODY_LIMIT_BYTES,
  accepted: (signals: readonly AlertSignal[]) => {
    const first = signals[0];
    const body = { status: 'success', message: 'Event processed' };
    return { status: 202, body: first === undefined ? body : { ...body, dedup_key: first.dedupKey } };
  },
  rejected: (errors: readonly FieldError[]) => invalid(400, errors.map(textOf)),
  tooLarge: () => invalid(413, [`Event is too large (should be at most ${sizeText(BODY_LIMIT_BYTES)})`]),
  // 403, not PagerDuty's 400, to distinguish an unknown sender from a mistake. Clients retry neither.
  badKey: () => invalid(403, ['Invalid routing key']),
  unavailable: (retryAfterS) => ({
    status: 503,
    body: { status: 'unavailable', message: 'The event could not be stored just now. Please retry later.' },
    headers: retryAfter(retryAfterS),
  }),
};

/** PagerDuty's messages already name their field; those of the JSON reader do not. */
function textOf({ path, message }: FieldError): string {
  return message.includes(`'${path}'`) || path === 'body' ? message : `'${path}': ${message}`;
}
