/** Fake Teams workflow for tests: accepts adaptive cards up to 28 kB and responds with 202 without a body, like the real one. */
import { type FakeProvider, startFakeProvider } from '../shared/testing/fake-provider.js';

interface TeamsCard {
  version: string;
  body: { type: string; text?: string; facts?: { title: string; value: string }[] }[];
  actions: { type: string; title: string; url: string }[];
}

export interface FakeTeams extends FakeProvider {
  readonly cards: readonly TeamsCard[];
  readonly workflow: string;
}

export async function startFakeTeams(): Promise<FakeTeams> {
  const cards: TeamsCard[] = [];
  const place = '/workflows/abc/triggers/manual/paths/invoke?api-version=1&sig=secret';
  const provider = await startFakeProvider({
    what: 'card for Teams',
    answer({ path, bytes, rawBody }) {
      if (path !== place) return { status: 401, body: { error: { code: 'DirectApiAuthorizationRequired' } } };
      if (bytes.length > 28_000) return { status: 413, body: 'too large' };
      const { type, attachments } = JSON.parse(rawBody) as {
        type: string;
        attachments: { contentType: string; content: TeamsCard }[];
      };
      const [attachment] = attachments;
      if (type !== 'message' || attachment?.contentType !== 'application/vnd.microsoft.card.adaptive')
        return { status: 400, body: { error: { code: 'TriggerInputSchemaMismatch' } } };
      cards.push(attachment.content);
      return { status: 202 };
    },
  });
  return { ...provider, cards, workflow: `${provider.url}${place}` };
}
