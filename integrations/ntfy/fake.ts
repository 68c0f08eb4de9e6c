/** Fake ntfy server for tests: JSON publish at its root, bearer tokens, its limits, and taps on a phone's buttons. */
import { type FakeProvider, headerText, startFakeProvider } from '../shared/testing/fake-provider.js';

interface NtfyAction {
  action: string;
  label: string;
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  clear?: boolean;
}

export interface NtfyMessage {
  topic: string;
  sequence_id?: string;
  title?: string;
  message: string;
  priority: number;
  tags: string[];
  click?: string;
  actions: NtfyAction[];
}

export interface FakeNtfy extends FakeProvider {
  readonly messages: readonly NtfyMessage[];
  /** Acts like the app when an `http` button is pressed. */
  tap(message: NtfyMessage, label: string): Promise<{ status: number; body: string }>;
}

export async function startFakeNtfy(options: { token?: string; port?: number } = {}): Promise<FakeNtfy> {
  const messages: NtfyMessage[] = [];
  const provider = await startFakeProvider({
    what: 'ntfy message',
    ...(options.port === undefined ? {} : { port: options.port }),
    answer: ({ method, path, headers, rawBody }) => {
      if (method !== 'POST' || path !== '/') return error(404, 40401, 'page not found');
      if (options.token !== undefined && headerText(headers, 'authorization') !== `Bearer ${options.token}`)
        return error(403, 40301, 'forbidden');
      const message = parsed(rawBody);
      if (message === null || !/^[-_A-Za-z0-9]{1,64}$/.test(message.topic))
        return error(400, 40009, 'invalid request: topic invalid');
      if (Buffer.byteLength(message.message) > 4_096) return error(413, 41301, 'attachment too large');
      if (message.actions.length > 3) return error(400, 40018, 'invalid request: actions invalid');
      if (![1, 2, 3, 4, 5].includes(message.priority)) return error(400, 40007, 'priority invalid');
      messages.push(message);
      return { status: 200, body: { id: `m${messages.length}`, event: 'message', topic: message.topic } };
    },
  });
  return {
    ...provider,
    messages,
    async tap(message, label) {
      const button = message.actions.find((one) => one.label === label && one.action === 'http');
      if (button === undefined) throw new Error(`the message has no http button ${label}`);
      const answer = await fetch(button.url, {
        method: button.method ?? 'POST',
        ...(button.headers === undefined ? {} : { headers: button.headers }),
        ...(button.body === undefined ? {} : { body: button.body }),
      });
      return { status: answer.status, body: await answer.text() };
    },
  };
}

const error = (status: number, code: number, text: string) => ({
  status,
  body: { code, http: status, error: text },
});

function parsed(body: string): NtfyMessage | null {
  try {
    return JSON.parse(body) as NtfyMessage;
  } catch {
    return null;
  }
}
