/** Fills a new, empty installation with the practice organisation, its drill and its samples. Talks to the public API only. */
import { call, type PracticeApi } from './call.js';
import { practiceOrganisation } from './organisation.js';
import { seedSamples } from './samples.js';

export interface SeedOptions extends PracticeApi {
  /** Gets progress messages. */
  progress?: (text: string) => void;
}

export interface Seeded {
  incident: string;
  /** Ingest key of the source `try-it`, for the `curl` on the start screen. */
  sourceKey: string | null;
}

interface Applied {
  secrets: { kind: string; name: string; key: string }[];
}

const DRILL = 'replica-loss';

export async function seedPractice({ progress = () => undefined, ...api }: SeedOptions): Promise<Seeded> {
  progress('practice organisation');
  const { secrets } = await call<Applied>(api, 'POST', '/api/v1/config/apply', practiceOrganisation);
  const keyOf = (source: string): string | null =>
    secrets.find(({ kind, name }) => kind === 'Source' && name === source)?.key ?? null;
  progress('practice drill');
  const drill = await call<{ id: string; incident: string }>(api, 'POST', `/api/v1/drills/${DRILL}/start`);
  const { number } = await call<{ number: string }>(api, 'GET', `/api/v1/incidents/${drill.incident}`);
  const probes = keyOf('search-probes');
  if (probes !== null) {
    progress('practice silence, maintenance window, watch and digest');
    await seedSamples(api, probes);
  }
  return { incident: number, sourceKey: keyOf('try-it') };
}
