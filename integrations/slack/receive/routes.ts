/** HTTP callbacks of Slack: three signed routes. Socket Mode is in `socket-mode.ts`. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  FORM,
  formFields,
  type HookOutcome,
  type HookReply,
  registerHook,
} from '../../shared/receive/hook.js';
import type { SlackAnswer, SlackAnswers, SlackParts } from './answers.js';
import { fromJson } from './payloads.js';
import { slackSignatureProblem } from './signature.js';

/** The callback of a pressed button contains the button's whole message, encoded. */
const BODY_LIMIT = 128 * 1024;
/** Longest certificate check: `ssl_check` and a token. */
const CHECK_CHARACTERS = 1_024;
const NOTHING: HookReply = { status: 200, type: 'text/plain', body: '' };

export function registerSlackHooks(
  fastify: FastifyInstance,
  { callbacks, config, logger, answers }: Omit<SlackParts, 'egress' | 'chat'> & { answers: SlackAnswers },
): void {
  const secret = config.channels.slack?.signingSecret ?? null;

  const hook = (
    path: 'actions' | 'commands' | 'events',
    summary: string,
    bodyTypes: string[],
    take: (rawBody: string) => Promise<SlackAnswer>,
  ): void =>
    registerHook(fastify, callbacks, logger, {
      provider: 'slack',
      url: `/hooks/slack/${path}`,
      summary,
      bodyTypes,
      bodyLimit: BODY_LIMIT,
      async handle(request: FastifyRequest, rawBody): Promise<HookOutcome> {
        if (secret === null) return { refused: 'no SLACK_SIGNING_SECRET is configured', status: 401 };
        // Slack's check of a certificate, the only request that it does not sign.
        if (
          path !== 'events' &&
          rawBody.length <= CHECK_CHARACTERS &&
          formFields(rawBody)['ssl_check'] === '1'
        )
          return NOTHING;
        const problem = slackSignatureProblem(secret, request.headers, rawBody, Date.now() / 1000);
        return problem === null ? outcomeOf(await take(rawBody)) : { refused: problem, status: 401 };
      },
    });

  hook('actions', 'A button pressed in a Slack message of Tocsin', [FORM], (rawBody) =>
    answers.action(fromJson(formFields(rawBody)['payload'] ?? '')),
  );
  hook('commands', 'The slash command /tocsin', [FORM], (rawBody) => answers.command(formFields(rawBody)));
  hook('events', 'A message to the bot, and the check of this address', ['application/json'], (rawBody) =>
    answers.event(fromJson(rawBody)),
  );
}

function outcomeOf(answer: SlackAnswer): HookOutcome {
  if ('refused' in answer) return { refused: answer.refused, status: 400 };
  return answer.told === null
    ? NOTHING
    : { status: 200, type: 'application/json', body: JSON.stringify(answer.told) };
}
