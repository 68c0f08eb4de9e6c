/** Facts about the installation that has just started, from its own api: a sign-in link, an open drill. */
import { localFetch } from './local-fetch.js';
import type { EmbeddedState } from './state-file.js';

type Asked = Pick<EmbeddedState, 'apiUrl' | 'adminToken'>;

export interface SetupLink {
  url: string;
  /** The person to sign in; null: the link creates the first admin. */
  person: string | null;
}

/** A one-time link that creates the first admin, or signs in an existing one; null when none is available. */
export async function fetchSetupLink(state: Asked): Promise<SetupLink | null> {
  const body = await ask(state, 'POST', '/api/v1/setup-link');
  if (body === null || typeof body['url'] !== 'string') return null;
  return { url: body['url'], person: typeof body['person'] === 'string' ? body['person'] : null };
}

/** True when an incident of a drill is not closed yet. */
export async function hasOpenDrill(state: Asked): Promise<boolean> {
  const path = '/api/v1/incidents?drill=true&status=triggered,acknowledged,resolved&limit=1';
  const items = (await ask(state, 'GET', path))?.['items'];
  return Array.isArray(items) && items.length > 0;
}

export const hasSource = async (state: Asked, name: string): Promise<boolean> =>
  (await ask(state, 'GET', `/api/v1/config/Source/${name}`)) !== null;

async function ask(
  { apiUrl, adminToken }: Asked,
  method: string,
  path: string,
): Promise<Record<string, unknown> | null> {
  const answer = await localFetch(`${apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken ?? ''}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) return null;
  const body: unknown = await answer.json();
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : null;
}
