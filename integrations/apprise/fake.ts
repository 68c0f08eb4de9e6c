/** Fake Apprise API for tests: `POST /notify` with URLs, `POST /notify/<key>` with a stored configuration. */
import { type FakeAnswer, type FakeProvider, startFakeProvider } from '../shared/testing/fake-provider.js';

interface AppriseNotification {
  /** Null: sent to the URLs of the body. */
  key: string | null;
  urls: string | null;
  title: string;
  body: string;
  type: string;
  format: string;
}

export interface FakeApprise extends FakeProvider {
  readonly notifications: readonly AppriseNotification[];
}

export async function startFakeApprise(options: { keys?: readonly string[] } = {}): Promise<FakeApprise> {
  const notifications: AppriseNotification[] = [];
  const provider = await startFakeProvider({
    what: 'Apprise notification',
    answer: ({ method, path, rawBody }): FakeAnswer => {
      const key = /^\/notify(?:\/([\w-]{1,128}))?\/?$/.exec(path);
      if (method !== 'POST' || key === null) return { status: 404 };
      const given = JSON.parse(rawBody) as Partial<AppriseNotification>;
      const { title = '', body = '', type = 'info', format = 'text', urls = null } = given;
      if (body === '') return { status: 400, body: { error: 'Payload lacks minimum requirements' } };
      if (!['info', 'success', 'warning', 'failure'].includes(type))
        return { status: 400, body: { error: 'type' } };
      const [, name = null] = key;
      if (name !== null && !(options.keys ?? []).includes(name)) return { status: 204 };
      if (name === null && urls === null) return { status: 400, body: { error: 'no urls' } };
      notifications.push({ key: name, urls, title, body, type, format });
      return { status: 200, body: { error: null } };
    },
  });
  return { ...provider, notifications };
}
