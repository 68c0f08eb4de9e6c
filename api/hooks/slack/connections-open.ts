/** `apps.connections.open`: Slack is asked for the address of a socket, good for one connection within half a minute. */
import { z } from 'zod';
import type { EgressPort } from '../../../activities/ports.js';
import { retryAfterMs } from '../../../domain/delivery/retry-after.js';
import { fromJson } from './payloads.js';

export type OpenedAddress =
  | { kind: 'address'; url: URL }
  /** `retryAfterMs` as Slack asks for with 429. */
  | { kind: 'failed'; reason: string; retryAfterMs: number };

const Answer = z.union([
  z.object({ ok: z.literal(true), url: z.string() }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);

/** Asked for more than that it is asked again all the same: nobody can press a button meanwhile. */
const LONGEST_WAIT_MS = 600_000;

/** Never rejects. `apiUrl` without a slash at the end; where it is http:, as in tests, the socket may be ws:. */
export async function openAddress(
  egress: EgressPort,
  { apiUrl, appToken }: { apiUrl: string; appToken: string },
  timeoutMs: number,
): Promise<OpenedAddress> {
  const answer = await egress.request({
    method: 'POST',
    url: `${apiUrl}/apps.connections.open`,
    headers: {
      authorization: `Bearer ${appToken}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: '',
    timeoutMs,
  });
  if (answer.kind !== 'answered') return failed(answer.reason);
  const waitMs = retryAfterMs(answer.headers['retry-after'], new Date(), LONGEST_WAIT_MS) ?? 0;
  if (answer.status !== 200) return failed(`Slack answers ${answer.status}`, waitMs);
  const parsed = Answer.safeParse(fromJson(answer.body));
  if (!parsed.success) return failed('this does not answer like Slack');
  if (!parsed.data.ok) return failed(`Slack says ${parsed.data.error.slice(0, 100)}`, waitMs);
  const url = URL.canParse(parsed.data.url) ? new URL(parsed.data.url) : null;
  const protocols = apiUrl.startsWith('http:') ? ['wss:', 'ws:'] : ['wss:'];
  if (url === null || !protocols.includes(url.protocol)) return failed('Slack names no address of a socket');
  return { kind: 'address', url };
}

const failed = (reason: string, afterMs = 0): OpenedAddress => ({
  kind: 'failed',
  reason,
  retryAfterMs: afterMs,
});
