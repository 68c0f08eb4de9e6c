/**
 * Handlers of what Slack sends, by HTTP or Socket Mode: pressed buttons, the slash command, and messages to the bot. Slack waits
 * three seconds: the command is recorded within them, and messages that only inform are sent afterwards.
 */
import type { EgressPort } from '../../../ports/egress.js';
import type { Config } from '../../../config/environment.js';
import type { Logger } from '../../../shared/logger.js';
import type { RefusedCallbacks } from '../../../services/delivery/provider-callbacks.js';
import type { ChatReplies } from '../../../services/reply/chat-replies.js';
import { slackText } from '../../../domain/delivery/slack-text.js';
import { readAction, readCommand, readEvent } from './payloads.js';

export interface SlackParts {
  chat: ChatReplies;
  callbacks: RefusedCallbacks;
  config: Pick<Config, 'channels'>;
  logger: Logger;
  egress: EgressPort;
}

/** `told`: handled and recorded, with the body of the reply to Slack, if any. `refused`: the payload is not one of Slack's. */
export type SlackAnswer = { told: object | null } | { refused: string };

/** Inputs are parsed JSON, or the fields of a form. The methods reject when the record is unavailable; nothing was done then. */
export interface SlackAnswers {
  action(payload: unknown): Promise<SlackAnswer>;
  command(fields: unknown): Promise<SlackAnswer>;
  event(body: unknown): Promise<SlackAnswer>;
}

const TELL_TIMEOUT_MS = 5_000;
const NOTHING: SlackAnswer = { told: null };
/** Escapes every answer: it may quote the title of an alert, which anybody may have written. */
const said = (text: string) => ({ text: slackText(text) });
const ephemeral = (text: string) => ({ response_type: 'ephemeral', ...said(text) });

export function createSlackAnswers({
  chat,
  config,
  logger,
  egress,
}: Omit<SlackParts, 'callbacks'>): SlackAnswers {
  const { slack } = config.channels;

  /** Not awaited: Slack waits for three seconds only, and the command is already recorded. */
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
            'an answer could not be sent through Slack',
          );
      },
      (error: unknown) => logger.warn({ err: error }, 'an answer could not be sent through Slack'),
    );
  };

  return {
    async action(payload) {
      const action = readAction(payload);
      if (action === null) return { refused: 'not an interaction of Slack' };
      if (action === 'other') return NOTHING;
      const { user, button, delivery, responseUrl, id } = action;
      const result = await chat.answerButton(
        { channel: 'slack', from: user, messageId: id },
        { intent: button.intent, label: button.label, delivery },
      );
      // A repeated press was answered before.
      const isTold = result.kind === 'unknown_sender' || result.kind === 'repeated';
      if (!isTold && responseUrl !== null && isSlacks(responseUrl, slack?.apiUrl ?? ''))
        tell(responseUrl, { ...ephemeral(result.text), replace_original: false });
      return NOTHING;
    },

    async command(fields) {
      const command = readCommand(fields);
      if (command === null) return { refused: 'not a slash command of Slack' };
      const sender = { channel: 'slack', from: command.user, messageId: command.id } as const;
      const answer = await chat.answerText(sender, command.text);
      return answer === null ? NOTHING : { told: ephemeral(answer.text) };
    },

    async event(body) {
      const event = readEvent(body);
      if (event === null) return { refused: 'not an event of Slack' };
      if (event.kind === 'verification') return { told: { challenge: event.challenge } };
      if (event.kind === 'other') return NOTHING;
      const sender = { channel: 'slack', from: event.user, messageId: event.id } as const;
      const answer = await chat.answerText(sender, event.text);
      // An event that Slack repeats (`X-Slack-Retry-Num`, `retry_attempt`) was answered before.
      if (answer?.isRepeated === false && slack !== null)
        tell(
          `${slack.apiUrl}/chat.postMessage`,
          { channel: event.conversation, ...said(answer.text) },
          { authorization: `Bearer ${slack.botToken}` },
        );
      return NOTHING;
    },
  };
}

/** The address comes from Slack's body; still, answers go to Slack's hosts and the configured API host only. */
function isSlacks(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  if (protocol === 'https:' && /(?:^|\.)slack(?:-gov)?\.com$/.test(hostname)) return true;
  return URL.canParse(apiUrl) && origin === new URL(apiUrl).origin;
}
