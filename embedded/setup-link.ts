/** The link that makes the first admin, asked from the api that has just come up. */
import { localFetch } from './local-fetch.js';
import type { EmbeddedState } from './state-file.js';

/** The one-time link, or null when there is an admin already. */
export async function fetchSetupLink({ apiUrl, adminToken }: EmbeddedState): Promise<string | null> {
  const answer = await localFetch(`${apiUrl}/api/v1/setup-link`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken ?? ''}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) return null;
  const body: unknown = await answer.json();
  return typeof body === 'object' && body !== null && 'url' in body && typeof body.url === 'string'
    ? body.url
    : null;
}
