/**
 * Slack's addresses: pressed buttons, the slash command, and what people write to the bot. Each is answered within Slack's three
 * seconds: the record is asked at once, and what only informs is told afterwards.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EgressPort } from '../../../activities/ports.js';
import type { Config } from '../../../config/environment.js';
import type { Logger } from '../../../config/logger.js';
import { answerButton, answerQuestion, answerWords, type ChatStore } from '../chat-answers.js';
import { formFields, type HookOutcome, type HookReply, registerHook } from '../hook.js';
import { readAction, readCommand, readEvent } from './payloads.js';
import { slackSignatureProblem } from './signature.js';

export interface SlackHookParts {
  store: ChatStore;
  config: Pick<Config, 'channels'>;
  logger: Logger;
  egress: EgressPort;
}

const TELL_TIMEOUT_MS = 5_000;
const FORM = ['application/x-www-form-urlencoded'];
const NOTHING: HookReply = { status: 200, type: 'text/plain', body: '' };
const json = (body: object): HookReply => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(body),
});
const ephemeral = (text: string) => ({ response_type: 'ephemeral', text });

export function registerSlackHooks(
  fastify: FastifyInstance,
  { store, config, logger, egress }: SlackHookParts,
): void {
  const { slack } = config.channels;

  const hook = (
    path: 'actions' | 'commands' | 'events',
    summary: string,
    bodyTypes: string[],
    take: (rawBody: string) => Promise<HookOutcome>,
  ): void =>
    registerHook(fastify, store, logger, {
      provider: 'slack',
      url: `/hooks/slack/${path}`,
      summary,
      bodyTypes,
      async handle(request: FastifyRequest, rawBody): Promise<HookOutcome> {
        if (slack?.signingSecret == null)
          return { refused: 'no SLACK_SIGNING_SECRET is configured', status: 401 };
        // Slack's check of a certificate; the only thing that it does not sign.
        if (path !== 'events' && formFields(rawBody)['ssl_check'] === '1') return NOTHING;
        const problem = slackSignatureProblem(
          slack.signingSecret,
          request.headers,
          rawBody,
          Date.now() / 1000,
        );
        return problem === null ? take(rawBody) : { refused: problem, status: 401 };
      },
    });

  /** Not awaited: Slack waits for three seconds only, and what was asked for is done and on record. */
  const tell = (url: string, body: object, headers: Record<string, string> = {}): void => {
    const request = {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify(body),
      timeoutMs: TELL_TIMEOUT_MS,
    };
    egress.request(request).then(
      (sent) => {
        if (sent.kind !== 'answered' || sent.status > 299)
          logger.warn(
            { answer: sent.kind === 'answered' ? sent.status : sent.reason },
            'an answer could not be told by Slack',
          );
      },
      (error: unknown) => logger.warn({ err: error }, 'an answer could not be told by Slack'),
    );
  };

  hook('actions', 'A button pressed in a message of ours in Slack', FORM, async (rawBody) => {
    const action = readAction(formFields(rawBody)['payload'] ?? '');
    if (action === null) return { refused: 'not an interaction of Slack', status: 400 };
    if (action === 'other') return NOTHING;
    const { user, button, delivery, responseUrl, id } = action;
    const result = await answerButton(
      store,
      { channel: 'slack', from: user, messageId: id },
      { intent: button.intent, label: button.label, delivery },
    );
    if (
      result.kind !== 'unknown_sender' &&
      responseUrl !== null &&
      isSlacks(responseUrl, slack?.apiUrl ?? '')
    )
      tell(responseUrl, { ...ephemeral(result.text), replace_original: false });
    return NOTHING;
  });

  hook('commands', 'The slash command /tocsin', FORM, async (rawBody) => {
    const command = readCommand(formFields(rawBody));
    if (command === null) return { refused: 'not a slash command of Slack', status: 400 };
    const sender = { channel: 'slack', from: command.user, messageId: command.id } as const;
    const answer = await answerQuestion(store, sender, command.text);
    if (answer !== null) return json(ephemeral(answer));
    const result = await answerWords(store, sender, command.text);
    return result.kind === 'unknown_sender' ? NOTHING : json(ephemeral(result.text));
  });

  hook(
    'events',
    'A message to the bot, and the check of this address',
    ['application/json'],
    async (rawBody) => {
      const event = readEvent(rawBody);
      if (event === null) return { refused: 'not an event of Slack', status: 400 };
      if (event.kind === 'verification') return json({ challenge: event.challenge });
      if (event.kind === 'other') return NOTHING;
      const sender = { channel: 'slack', from: event.user, messageId: event.id } as const;
      const question = await answerQuestion(store, sender, event.text);
      const result = question === null ? await answerWords(store, sender, event.text) : null;
      // One that Slack tells again (`X-Slack-Retry-Num`) has been answered.
      const text =
        result === null
          ? question
          : result.kind === 'unknown_sender' || result.kind === 'repeated'
            ? null
            : result.text;
      if (text !== null && slack !== null)
        tell(
          `${slack.apiUrl}/chat.postMessage`,
          { channel: event.conversation, text },
          { authorization: `Bearer ${slack.botToken}` },
        );
      return NOTHING;
    },
  );
}

/** The address stands in a signed body; nothing of ours is sent anywhere else all the same. */
function isSlacks(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  if (protocol === 'https:' && /(?:^|\.)slack(?:-gov)?\.com$/.test(hostname)) return true;
  return URL.canParse(apiUrl) && origin === new URL(apiUrl).origin;
}
