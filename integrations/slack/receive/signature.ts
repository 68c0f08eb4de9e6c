/** Slack's `v0` signature: HMAC-SHA256 of `v0:<timestamp>:<raw body>` with the app's signing secret. Pure. */
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { sameSecret } from '../../../shared/keys.js';

/** An older request may be a replay. */
const OLDEST_SECONDS = 300;
/** Slack's own framework accepts timestamps of the future, which could be replayed later. Five seconds allow for clock skew. */
const CLOCK_SKEW_SECONDS = 5;

/** Null when Slack signed this body just now. */
export function slackSignatureProblem(
  secret: string,
  headers: IncomingHttpHeaders,
  rawBody: string,
  nowSeconds: number,
): string | null {
  const timestamp = headers['x-slack-request-timestamp'];
  const signature = headers['x-slack-signature'];
  if (typeof timestamp !== 'string' || typeof signature !== 'string') return 'no signature';
  const age = /^\d{1,12}$/.test(timestamp) ? nowSeconds - Number(timestamp) : NaN;
  if (!(age >= -CLOCK_SKEW_SECONDS && age <= OLDEST_SECONDS)) return 'the timestamp is not of now';
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:${rawBody}`).digest('hex');
  return sameSecret(`v0=${expected}`, signature) ? null : 'the signature does not belong to this body';
}
