/**
 * Both transports of Slack, each active when its secret is set: HTTP callbacks, signed (`SLACK_SIGNING_SECRET`), and Socket Mode
 * (`SLACK_APP_TOKEN`).
 */
import type { FastifyInstance } from 'fastify';
import { createSlackAnswers, type SlackParts } from './answers.js';
import { registerSlackHooks } from './routes.js';
import type { SlackSocket } from './socket-mode.js';

export function registerSlack(
  fastify: FastifyInstance,
  parts: SlackParts & { metrics: { slackSocket(isOpen: boolean): void } },
): void {
  const { config, metrics } = parts;
  const answers = createSlackAnswers(parts);
  registerSlackHooks(fastify, { ...parts, answers });
  const { slack } = config.channels;
  if (slack === null || slack.appToken === null) return;
  const account = { apiUrl: slack.apiUrl, appToken: slack.appToken };
  let socket: Promise<SlackSocket> | null = null;
  // Loaded only when configured, and not before the api listens.
  const start = async (): Promise<SlackSocket> => {
    const { SlackSocket } = await import('./socket-mode.js');
    const started = new SlackSocket({
      ...parts,
      account,
      answers,
      onState: (isOpen) => metrics.slackSocket(isOpen),
    });
    started.start();
    return started;
  };
  fastify.addHook('onListen', async () => {
    socket = start();
    await socket;
  });
  fastify.addHook('preClose', async () => (await socket)?.stop());
}
