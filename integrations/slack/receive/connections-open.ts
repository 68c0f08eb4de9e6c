/** `apps.connections.open`: requests the address of a socket, valid for one connection within half a minute. */
import { z } from 'zod';
import type { EgressPort } from '../../../ports/egress.js';
import { retryAfterMs } from '../../../domain/delivery/retry-after.js';
import { fromJson } from './payloads.js';

export type OpenedAddress =
  | { kind: 'address'; url: URL }
  /** `retryAfterMs`: the wait that Slack asks for with a 429. */
  | { kind: 'failed'; reason: string; retryAfterMs: number };

const Answer = z.union([
  z.object({ ok: z.literal(true), url: z.string() }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);

/** Longest wait that is honoured, even when Slack asks for more: no button works meanwhile. */
const LONGEST_WAIT_MS = 600_000;

/** Never rejects. `apiUrl` has no trailing slash; when it is http:, as in tests, the socket may be ws:. */
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
