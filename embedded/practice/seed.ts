/** Fills a new, empty installation with the practice organisation and starts its drill. Talks to the public API only. */
import { localFetch } from '../local-fetch.js';
import { practiceOrganisation } from './organisation.js';

export interface SeedOptions {
  apiUrl: string;
  adminToken: string;
  /** Gets progress messages. */
  progress?: (text: string) => void;
}

export interface Seeded {
  incident: string;
  /** Ingest key of the source `try-it`, for the `curl` on the start screen. */
  sourceKey: string | null;
}

const DRILL = 'replica-loss';

export async function seedPractice({
  apiUrl,
  adminToken,
  progress = () => undefined,
}: SeedOptions): Promise<Seeded> {
  const call = async <T>(method: string, path: string, body?: { type: string; text: string }): Promise<T> => {
    const response = await localFetch(new URL(path, apiUrl), {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(body === undefined ? {} : { 'content-type': body.type }),
      },
      ...(body === undefined ? {} : { body: body.text }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(
        `The practice organisation could not be seeded: ${method} ${path} answered ${response.status} ${text}`,
      );
    return JSON.parse(text) as T;
  };
  progress('practice organisation');
  const applied = await call<{ secrets: { kind: string; key: string }[] }>('POST', '/api/v1/config/apply', {
    type: 'text/yaml',
    text: practiceOrganisation,
  });
  progress('practice drill');
  const drill = await call<{ id: string; incident: string }>('POST', `/api/v1/drills/${DRILL}/start`);
  const { number } = await call<{ number: string }>('GET', `/api/v1/incidents/${drill.incident}`);
  return {
    incident: number,
    sourceKey: applied.secrets.find((secret) => secret.kind === 'Source')?.key ?? null,
  };
}
