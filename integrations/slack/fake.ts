/**
 * Fake Slack for tests: the used Web API methods with their limits and error bodies, and Slack's requests when a user presses a
 * button, writes to the bot or types a command: signed as Slack signs, or over the socket that the app opened.
 */
import { createHmac } from 'node:crypto';
import {
  type FakeAnswer,
  type FakeProvider,
  type FakeRequest,
  headerText,
  startFakeProvider,
} from '../shared/testing/fake-provider.js';
import { type Acknowledged, type FakeSlackSocket, startFakeSlackSocket } from './fake-socket.js';

interface SlackButton {
  action_id: string;
  value?: string;
  url?: string;
  text: { text: string };
}

interface Block {
  type: string;
  text?: { text: string };
  fields?: { text: string }[];
  elements?: SlackButton[];
}

export interface SlackPosted {
  channel: string;
  ts: string;
  text: string;
  blocks: Block[];
  buttons: SlackButton[];
  metadata: unknown;
  /** Number of changes. */
  edits: number;
  /** Private messages to one member, by `response_url`. */
  whispers: string[];
}

interface Signed {
  status: number;
  text: string;
  ms: number;
}

export interface FakeSlack extends FakeProvider {
  readonly messages: readonly SlackPosted[];
  /** Waits for the first message to this member or channel for which `holds` is true. */
  posted(to: string, holds?: (message: SlackPosted) => boolean): Promise<SlackPosted>;
  /** Presses a button of a message. `changes` go into the payload. */
  press(url: string, message: SlackPosted, label: string, by: string, how?: Signing): Promise<Signed>;
  command(url: string, text: string, by: string, how?: Signing): Promise<Signed>;
  /** A direct message to the bot. */
  write(
    url: string,
    text: string,
    by: string,
    how?: Signing & { eventId?: string; retry?: number },
  ): Promise<Signed>;
  /** The same over the socket; each resolves when it is acknowledged. */
  readonly socket: FakeSlackSocket & {
    press(message: SlackPosted, label: string, by: string): Promise<Acknowledged>;
    command(text: string, by: string): Promise<Acknowledged>;
    write(text: string, by: string): Promise<Acknowledged>;
  };
  /** Any signed request. */
  post(
    url: string,
    body: string,
    type: string,
    how?: Signing,
    headers?: Record<string, string>,
  ): Promise<Signed>;
}

interface Signing {
  secret?: string;
  /** Offset of the timestamp in seconds. */
  offsetSeconds?: number;
  /** Replaces the body after signing. */
  tamper?: (body: string) => string;
}

export const slackAccount = {
  botToken: 'xoxb-for-tests',
  appToken: 'xapp-for-tests',
  signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
};

const refused = (error: string): FakeAnswer => ({ status: 200, body: { ok: false, error } });

export async function startFakeSlack(
  options: { members?: string[]; port?: number } = {},
): Promise<FakeSlack> {
  const messages: SlackPosted[] = [];
  let clock = 1_700_000_000;
  let action = 0;
  const socket = await startFakeSlackSocket();
  const provider = await startFakeProvider({
    what: 'request to Slack',
    ...(options.port === undefined ? {} : { port: options.port }),
    answer: (request) => (request.path.startsWith('/response/') ? whisper(request) : method(request)),
  });

  const dmOf = (to: string): string => (/^[UW]/.test(to) ? `D${to.slice(1)}` : to);
  const known = (to: string): boolean => options.members === undefined || options.members.includes(to);

  function method({ path, headers, rawBody }: FakeRequest): FakeAnswer {
    const isOfApp = path === '/api/apps.connections.open';
    const token = isOfApp ? slackAccount.appToken : slackAccount.botToken;
    if (headerText(headers, 'authorization') !== `Bearer ${token}`) return refused('invalid_auth');
    if (isOfApp) return { status: 200, body: { ok: true, url: socket.ticket() } };
    const form = formOf(headerText(headers, 'content-type'), rawBody);
    const channel = form.get('channel') ?? '';
    switch (path) {
      case '/api/chat.postMessage': {
        if (!known(channel)) return refused('channel_not_found');
        const blocks = blocksOf(form);
        const problem = blockProblem(blocks);
        if (problem !== null) return refused(problem);
        const metadata: unknown = JSON.parse(form.get('metadata') ?? 'null');
        clock += 1;
        const message = {
          channel: dmOf(channel),
          ts: `${clock}.000100`,
          text: form.get('text') ?? '',
          metadata,
        };
        messages.push({ ...message, blocks, buttons: buttonsOf(blocks), edits: 0, whispers: [] });
        return { status: 200, body: { ok: true, channel: message.channel, ts: message.ts, message } };
      }
      case '/api/chat.update': {
        const message = messages.find((one) => one.channel === channel && one.ts === form.get('ts'));
        if (message === undefined) return refused('message_not_found');
        const blocks = blocksOf(form);
        Object.assign(message, {
          text: form.get('text') ?? '',
          blocks,
          buttons: buttonsOf(blocks),
          edits: message.edits + 1,
        });
        return { status: 200, body: { ok: true, channel, ts: message.ts, text: message.text } };
      }
      case '/api/conversations.open':
        return { status: 200, body: { ok: true, channel: { id: dmOf(form.get('users') ?? '') } } };
      case '/api/conversations.history': {
        const isFull = form.get('include_all_metadata') === 'true';
        const found = messages.filter((one) => one.channel === channel).toReversed();
        const shown = found.map(({ ts, text, metadata }) => ({ ts, text, ...(isFull ? { metadata } : {}) }));
        return { status: 200, body: { ok: true, messages: shown, has_more: false } };
      }
      default:
        return refused('unknown_method');
    }
  }

  function whisper({ path, rawBody }: FakeRequest): FakeAnswer {
    const message = messages.find((one) => path === `/response/${one.channel}/${one.ts}`);
    const {
      text = '',
      response_type: type,
      replace_original: replaces,
    } = JSON.parse(rawBody) as Record<string, unknown>;
    if (message === undefined || type !== 'ephemeral' || replaces !== false)
      return { status: 404, body: 'no_service' };
    message.whispers.push(String(text));
    return { status: 200, body: 'ok' };
  }

  async function post(
    url: string,
    body: string,
    type: string,
    { secret = slackAccount.signingSecret, offsetSeconds = 0, tamper = (text) => text }: Signing = {},
    headers: Record<string, string> = {},
  ): Promise<Signed> {
    const timestamp = String(Math.floor(Date.now() / 1000) + offsetSeconds);
    const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    const startedAt = performance.now();
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': type,
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
        ...headers,
      },
      body: tamper(body),
    });
    return { status: answer.status, text: await answer.text(), ms: performance.now() - startedAt };
  }

  function pressed(message: SlackPosted, label: string, by: string): object {
    const button = message.buttons.find((one) => one.text.text === label);
    if (button === undefined) throw new Error(`the message has no button ${label}`);
    action += 1;
    const { action_id, value } = button;
    return {
      type: 'block_actions',
      user: { id: by, team_id: 'T1' },
      team: { id: 'T1' },
      container: { type: 'message', message_ts: message.ts, channel_id: message.channel },
      response_url: `${provider.url}/response/${message.channel}/${message.ts}`,
      trigger_id: `${action}.1`,
      actions: [{ type: 'button', action_id, value, action_ts: `1700000000.${action}` }],
    };
  }

  function typed(text: string, by: string) {
    action += 1;
    const trigger_id = `${action}.2`;
    return { command: '/tocsin', text, user_id: by, team_id: 'T1', channel_id: 'C1', trigger_id };
  }

  function written(text: string, by: string, eventId?: string): object {
    action += 1;
    const ts = `1700000001.${action}`;
    const event = { type: 'message', channel_type: 'im', user: by, text, channel: dmOf(by), ts };
    return { type: 'event_callback', event_id: eventId ?? `Ev${action}`, team_id: 'T1', event };
  }

  const FORM = 'application/x-www-form-urlencoded';
  return {
    ...provider,
    messages,
    post,
    async posted(to, holds = () => true) {
      const find = () => messages.find((one) => one.channel === dmOf(to) && holds(one));
      // A request is stored after its response, so its changes are visible by then.
      for (let found = find(); ; found = find()) {
        if (found !== undefined) return found;
        await provider.next();
      }
    },
    press(url, message, label, by, how) {
      const payload = JSON.stringify(pressed(message, label, by));
      return post(url, new URLSearchParams({ payload }).toString(), FORM, how);
    },
    command: (url, text, by, how) => post(url, new URLSearchParams(typed(text, by)).toString(), FORM, how),
    write(url, text, by, { eventId, retry, ...how } = {}) {
      const headers: Record<string, string> =
        retry === undefined
          ? {}
          : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' };
      return post(url, JSON.stringify(written(text, by, eventId)), 'application/json', how, headers);
    },
    socket: Object.assign(socket, {
      press: (message: SlackPosted, label: string, by: string) =>
        socket.envelope('interactive', pressed(message, label, by)),
      command: (text: string, by: string) => socket.envelope('slash_commands', typed(text, by)),
      write: (text: string, by: string) => socket.envelope('events_api', written(text, by)),
    }),
    async close() {
      await Promise.all([socket.close(), provider.close()]);
    },
  };
}

const blocksOf = (form: URLSearchParams): Block[] => JSON.parse(form.get('blocks') ?? '[]') as Block[];
const buttonsOf = (blocks: Block[]): SlackButton[] =>
  blocks.flatMap(({ type, elements }) => (type === 'actions' ? (elements ?? []) : []));

/** The limits of Block Kit's reference. */
function blockProblem(blocks: Block[]): string | null {
  const text = (one: { text: string } | undefined): number => one?.text.length ?? 0;
  if (blocks.length > 50 || blocks.reduce((sum, block) => sum + sizeOf(block), 0) > 13_000)
    return 'msg_blocks_too_long';
  const isBad = blocks.some(
    (block) =>
      text(block.text) > (block.type === 'header' ? 150 : 3_000) ||
      (block.fields ?? []).length > 10 ||
      (block.type === 'section' && block.text === undefined && (block.fields ?? []).length === 0) ||
      (block.fields ?? []).some((field) => text(field) > 2_000) ||
      (block.type === 'actions' &&
        ((block.elements ?? []).length > 25 ||
          (block.elements ?? []).some((one) => text(one.text) > 75 || (one.value ?? '').length > 2_000))),
  );
  return isBad ? 'invalid_blocks' : null;
}

const sizeOf = ({ text, fields = [], elements = [] }: Block): number =>
  [text, ...fields, ...elements.map((one) => one.text)].reduce(
    (sum, one) => sum + (typeof one === 'string' ? one : (one?.text ?? '')).length,
    0,
  );

/** Slack accepts both forms. */
function formOf(type: string, body: string): URLSearchParams {
  if (!type.startsWith('application/json')) return new URLSearchParams(body);
  const fields = Object.entries(JSON.parse(body) as Record<string, unknown>);
  return new URLSearchParams(
    fields.map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
