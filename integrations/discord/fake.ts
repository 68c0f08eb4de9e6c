/** Fake Discord webhook for tests: executing and editing, the limits of messages and embeds, its error bodies. */
import { type FakeAnswer, type FakeProvider, startFakeProvider } from '../shared/testing/fake-provider.js';

interface DiscordEmbed {
  title?: string;
  url?: string;
  description?: string;
  color?: number;
  fields?: { name: string; value: string; inline?: boolean }[];
}

interface DiscordPosted {
  id: string;
  content: string;
  embeds: DiscordEmbed[];
  allowed_mentions?: { parse: string[] };
  edits: number;
}

export interface FakeDiscord extends FakeProvider {
  readonly messages: readonly DiscordPosted[];
  /** The address in a person's contact. */
  readonly webhook: string;
}

const refused = (status: number, code: number, message: string): FakeAnswer => ({
  status,
  body: { code, message },
});

export async function startFakeDiscord(): Promise<FakeDiscord> {
  const messages: DiscordPosted[] = [];
  const place = '/api/webhooks/1234/secret-token';
  const provider = await startFakeProvider({
    what: 'message for Discord',
    answer({ method, path, rawBody }) {
      const { pathname, searchParams } = new URL(path, 'http://discord');
      if (!pathname.startsWith(place)) return refused(404, 10_015, 'Unknown Webhook');
      const body = JSON.parse(rawBody) as DiscordPosted;
      if (problemOf(body)) return refused(400, 50_035, 'Invalid Form Body');
      if (method === 'POST') {
        const message = { ...body, id: String(9_000 + messages.length), edits: 0 };
        messages.push(message);
        return searchParams.get('wait') === 'true' ? { status: 200, body: message } : { status: 204 };
      }
      const message = messages.find((one) => pathname === `${place}/messages/${one.id}`);
      if (method !== 'PATCH' || message === undefined) return refused(404, 10_008, 'Unknown Message');
      Object.assign(message, body, { edits: message.edits + 1 });
      return { status: 200, body: message };
    },
  });
  return { ...provider, messages, webhook: `${provider.url}${place}` };
}

function problemOf({ content, embeds }: DiscordPosted): boolean {
  const sizeOf = ({ title = '', description = '', fields = [] }: DiscordEmbed): number =>
    title.length +
    description.length +
    fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  return (
    content.length > 2_000 ||
    embeds.length > 10 ||
    embeds.reduce((sum, embed) => sum + sizeOf(embed), 0) > 6_000 ||
    embeds.some(
      ({ title = '', description = '', fields = [] }) =>
        title.length > 256 ||
        description.length > 4_096 ||
        fields.length > 25 ||
        fields.some(
          ({ name, value }) => name === '' || value === '' || name.length > 256 || value.length > 1_024,
        ),
    )
  );
}
