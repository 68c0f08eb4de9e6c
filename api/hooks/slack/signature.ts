/** Slack's `v0` signature: HMAC-SHA256 of `v0:<timestamp>:<raw body>` with the app's signing secret. Pure. */
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { sameSecret } from '../../../config/keys.js';

/** Older ones may be replayed. */
const OLDEST_SECONDS = 300;
/** Slack's own framework lets those of the future pass; they would be good for a replay later. So far two clocks may differ. */
const CLOCK_SKEW_SECONDS = 5;

/** Null when the body is Slack's, of now. */
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
