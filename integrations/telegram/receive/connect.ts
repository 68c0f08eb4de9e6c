/** `POST /api/v1/channels/telegram/connect`: registers our webhook address and its secret token with Telegram. */
import type { FastifyInstance } from 'fastify';
import { TelegramConnectReply } from '../../../contracts/api/hooks.js';
import { Problem, problemBody } from '../../../services/common/problem.js';
import type { Config } from '../../../config/environment.js';
import type { EgressPort } from '../../../ports/egress.js';

const TIMEOUT_MS = 10_000;

export function registerTelegramConnect(
  fastify: FastifyInstance,
  {
    config: { channels, publicUrl },
    egress,
  }: { config: Pick<Config, 'channels' | 'publicUrl'>; egress: EgressPort },
  secret: string,
): void {
  const { telegram } = channels;
  const connect = async (): Promise<TelegramConnectReply> => {
    if (telegram === null)
      throw new Problem(409, 'not_set_up', 'No TELEGRAM_BOT_TOKEN is configured; set it and start again.');
    const url = `${publicUrl}/hooks/telegram`;
    const answer = await egress.request({
      method: 'POST',
      url: `${telegram.apiUrl}/bot${telegram.botToken}/setWebhook`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url, secret_token: secret, allowed_updates: ['message', 'callback_query'] }),
      timeoutMs: TIMEOUT_MS,
    });
    if (answer.kind !== 'answered')
      throw new Problem(502, 'provider_unreachable', `Telegram could not be reached: ${answer.reason}.`);
    if (answer.status !== 200)
      throw new Problem(
        502,
        'provider_refused',
        `Telegram did not take ${url}: ${answer.body.slice(0, 300)}`,
      );
    return { url, connected: true };
  };
  fastify.post('/api/v1/channels/telegram/connect', {
    config: {
      permission: 'people.manage',
      tag: 'Channels',
      summary: 'Registers the webhook for button presses and messages with Telegram',
      reply: TelegramConnectReply,
      status: 200,
    },
    handler: async (request, reply) => {
      try {
        return await reply.code(200).send(await connect());
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return reply
          .code(error.status)
          .type('application/problem+json; charset=utf-8')
          .send(JSON.stringify(problemBody(error, request.id)));
      }
    },
  });
}
