/** Calls the public API as an admin; throws with what the API answered. */
import { localFetch } from '../local-fetch.js';

export interface PracticeApi {
  apiUrl: string;
  adminToken: string;
}

/** `body`: a text is YAML, anything else is sent as JSON. */
export async function call<T>(
  { apiUrl, adminToken }: PracticeApi,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const isText = typeof body === 'string';
  const response = await localFetch(new URL(path, apiUrl), {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/yaml' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(
      `The practice organisation could not be seeded: ${method} ${path} answered ${response.status} ${text}`,
    );
  return JSON.parse(text) as T;
}
