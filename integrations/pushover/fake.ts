/** Fake Pushover API for tests: its form fields and limits, receipts, cancelling, and the callback of a tap on Acknowledge. */
import {
  type FakeAnswer,
  type FakeProvider,
  type FakeRequest,
  startFakeProvider,
} from '../shared/testing/fake-provider.js';

export interface PushoverMessage {
  receipt: string | null;
  form: Record<string, string>;
  isCancelled: boolean;
}

export interface FakePushover extends FakeProvider {
  readonly messages: readonly PushoverMessage[];
  /** The user presses Acknowledge: Pushover posts to the message's callback. */
  acknowledge(
    message: PushoverMessage,
    changes?: Record<string, string>,
  ): Promise<{ status: number; body: string }>;
}

const LIMITS: Record<string, number> = { message: 1_024, title: 250, url: 512, url_title: 100 };

export async function startFakePushover(options: {
  token: string;
  users: readonly string[];
}): Promise<FakePushover> {
  const messages: PushoverMessage[] = [];
  let count = 0;

  const publish = (form: Record<string, string>): FakeAnswer => {
    if (form['token'] !== options.token)
      return invalid({ token: 'invalid' }, 'application token is invalid, see https://pushover.net/api');
    if (!options.users.includes(form['user'] ?? ''))
      return invalid(
        { user: 'invalid' },
        'user identifier is not a valid user, group, or subscribed user key',
      );
    for (const [name, most] of Object.entries(LIMITS))
      if (Array.from(form[name] ?? '').length > most)
        return invalid({ [name]: 'invalid' }, `${name} is too long`);
    const isEmergency = form['priority'] === '2';
    if (isEmergency && !(Number(form['retry']) >= 30))
      return invalid({ retry: 'invalid' }, 'retry must be supplied');
    if (isEmergency && !(Number(form['expire']) <= 10_800))
      return invalid({ expire: 'invalid' }, 'expire must be supplied');
    count += 1;
    const receipt = isEmergency ? `r${String(count).padStart(29, '0')}` : null;
    messages.push({ receipt, form, isCancelled: false });
    return {
      status: 200,
      body: { status: 1, request: `q${count}`, ...(receipt === null ? {} : { receipt }) },
    };
  };
  const cancel = (tag: string, form: Record<string, string>): FakeAnswer => {
    if (form['token'] !== options.token)
      return invalid({ token: 'invalid' }, 'application token is invalid, see https://pushover.net/api');
    const ringing = messages.filter(
      (one) => one.receipt !== null && !one.isCancelled && (one.form['tags'] ?? '').split(',').includes(tag),
    );
    for (const message of ringing) message.isCancelled = true;
    return { status: 200, body: { status: 1, canceled: ringing.length, request: 'q' } };
  };
  const provider = await startFakeProvider({
    what: 'Pushover message',
    answer: ({ method, path, rawBody }: FakeRequest) => {
      const form = Object.fromEntries(new URLSearchParams(rawBody));
      const tag = /^\/1\/receipts\/cancel_by_tag\/([^/]+)\.json$/.exec(path)?.[1];
      if (method === 'POST' && path === '/1/messages.json') return publish(form);
      return method === 'POST' && tag !== undefined ? cancel(tag, form) : { status: 404 };
    },
  });
  return {
    ...provider,
    messages,
    async acknowledge({ receipt, form }, changes = {}) {
      const answer = await fetch(form['callback'] ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          receipt: receipt ?? '',
          acknowledged: '1',
          acknowledged_at: '1763849400',
          acknowledged_by: form['user'] ?? '',
          acknowledged_by_device: 'phone',
          ...changes,
        }).toString(),
      });
      return { status: answer.status, body: await answer.text() };
    },
  };
}

const invalid = (about: Record<string, string>, error: string): FakeAnswer => ({
  status: 400,
  body: { ...about, errors: [error], status: 0, request: 'q' },
});
