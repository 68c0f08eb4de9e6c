/** Fake Telegram for tests: the used Bot API methods, their error bodies, and the updates that it posts to a webhook. */
import { type FakeAnswer, type FakeProvider, startFakeProvider } from '../shared/testing/fake-provider.js';

interface TelegramButton {
  text: string;
  callback_data?: string;
  url?: string;
}

export interface TelegramPosted {
  chat: number;
  id: number;
  text: string;
  silent: boolean;
  buttons: TelegramButton[];
  edits: number;
}

/** Tocsin's response; `call` is the Bot API method in its body. */
interface UpdateAnswer {
  status: number;
  call: Record<string, unknown> | null;
}

export interface FakeTelegram extends FakeProvider {
  readonly messages: readonly TelegramPosted[];
  /** Last arguments of `setWebhook`; null before. */
  readonly webhook: () => { url: string; secret: string; allowed: string[] } | null;
  /** Waits for the first message to this chat for which `holds` is true. */
  posted(chat: number, holds?: (message: TelegramPosted) => boolean): Promise<TelegramPosted>;
  press(message: TelegramPosted, label: string, how?: Posting): Promise<UpdateAnswer>;
  write(chat: number, text: string, how?: Posting): Promise<UpdateAnswer>;
}

/** Defaults to the registered webhook. */
interface Posting {
  secret?: string | null;
  updateId?: number;
  by?: number;
}

export const telegramAccount = { botToken: '123456:token-for-tests' };

const refused = (status: number, description: string, parameters?: object): FakeAnswer => ({
  status,
  body: { ok: false, error_code: status, description, ...(parameters === undefined ? {} : { parameters }) },
});

export async function startFakeTelegram(
  options: { blockedBy?: number[]; port?: number } = {},
): Promise<FakeTelegram> {
  const messages: TelegramPosted[] = [];
  let webhook: { url: string; secret: string; allowed: string[] } | null = null;
  let lastUpdate = 1_000;
  const provider = await startFakeProvider({
    what: 'request to Telegram',
    ...(options.port === undefined ? {} : { port: options.port }),
    answer({ path, rawBody }) {
      const [, bot = '', method = ''] = path.split('/');
      if (bot !== `bot${telegramAccount.botToken}`) return refused(401, 'Unauthorized');
      const body = JSON.parse(rawBody) as Record<string, unknown>;
      const chat = Number(body['chat_id']);
      const text = textOf(body, 'text');
      switch (method) {
        case 'sendMessage': {
          if (options.blockedBy?.includes(chat) === true)
            return refused(403, 'Forbidden: bot was blocked by the user');
          const problem = messageProblem(chat, text, body);
          if (problem !== null) return problem;
          const id = messages.length + 1;
          const silent = body['disable_notification'] === true;
          messages.push({ chat, id, text, silent, buttons: buttonsOf(body), edits: 0 });
          return { status: 200, body: { ok: true, result: { message_id: id, chat: { id: chat }, text } } };
        }
        case 'editMessageText': {
          const message = messages.find((one) => one.chat === chat && one.id === body['message_id']);
          if (message === undefined) return refused(400, 'Bad Request: message to edit not found');
          const problem = messageProblem(chat, text, body);
          if (problem !== null) return problem;
          const buttons = buttonsOf(body);
          if (message.text === text && JSON.stringify(message.buttons) === JSON.stringify(buttons))
            return refused(400, 'Bad Request: message is not modified');
          Object.assign(message, { text, buttons, edits: message.edits + 1 });
          return {
            status: 200,
            body: { ok: true, result: { message_id: message.id, chat: { id: chat }, text } },
          };
        }
        case 'setWebhook': {
          const secret = textOf(body, 'secret_token');
          if (!/^[A-Za-z0-9_-]{1,256}$/.test(secret))
            return refused(400, 'Bad Request: secret token is unallowed');
          webhook = {
            url: textOf(body, 'url'),
            secret,
            allowed: (body['allowed_updates'] ?? []) as string[],
          };
          return { status: 200, body: { ok: true, result: true, description: 'Webhook was set' } };
        }
        default:
          return refused(404, 'Not Found');
      }
    },
  });

  async function update(content: object, { secret, updateId }: Posting): Promise<UpdateAnswer> {
    if (webhook === null) throw new Error('no webhook was set');
    lastUpdate += 1;
    const shown = secret === undefined ? webhook.secret : secret;
    const answer = await fetch(webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(shown === null ? {} : { 'x-telegram-bot-api-secret-token': shown }),
      },
      body: JSON.stringify({ update_id: updateId ?? lastUpdate, ...content }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      call: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : null,
    };
  }

  return {
    ...provider,
    messages,
    webhook: () => webhook,
    async posted(chat, holds = () => true) {
      const find = () => messages.find((one) => one.chat === chat && holds(one));
      for (let found = find(); ; found = find()) {
        if (found !== undefined) return found;
        await provider.next();
      }
    },
    press(message, label, how = {}) {
      const button = message.buttons.find((one) => one.text === label);
      if (button?.callback_data === undefined) throw new Error(`the message has no button ${label}`);
      const content = {
        id: `cb${lastUpdate}`,
        from: { id: how.by ?? message.chat },
        message: { message_id: message.id, chat: { id: message.chat } },
        data: button.callback_data,
      };
      return update({ callback_query: content }, how);
    },
    write(chat, text, how = {}) {
      const message = {
        message_id: lastUpdate,
        from: { id: how.by ?? chat },
        chat: { id: chat, type: 'private' },
        text,
      };
      return update({ message }, how);
    },
  };
}

const keyboardOf = (body: Record<string, unknown>): TelegramButton[][] =>
  ((body['reply_markup'] as { inline_keyboard?: TelegramButton[][] } | undefined) ?? {}).inline_keyboard ??
  [];
const buttonsOf = (body: Record<string, unknown>): TelegramButton[] => keyboardOf(body).flat();

function messageProblem(chat: number, text: string, body: Record<string, unknown>): FakeAnswer | null {
  if (!Number.isSafeInteger(chat) || chat === 0) return refused(400, 'Bad Request: chat not found');
  if (text === '') return refused(400, 'Bad Request: message text is empty');
  if (text.length > 4_096) return refused(400, 'Bad Request: message is too long');
  for (const button of buttonsOf(body)) {
    if (button.callback_data !== undefined && Buffer.byteLength(button.callback_data) > 64)
      return refused(400, 'Bad Request: BUTTON_DATA_INVALID');
    if (button.url !== undefined && !button.url.startsWith('https://'))
      return refused(400, 'Bad Request: BUTTON_URL_INVALID');
  }
  return null;
}

function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}
