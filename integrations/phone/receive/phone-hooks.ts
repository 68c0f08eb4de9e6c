/** Registers the callbacks of the phone providers. They exist without an account too, and refuse everything then. */
import type { FastifyInstance } from 'fastify';
import type { EgressPort } from '../../../ports/egress.js';
import type { Config } from '../../../config/environment.js';
import type { Logger } from '../../../shared/logger.js';
import type { PhoneServices } from './phone-services.js';
import { registerTelnyxHooks } from '../../telnyx/receive/routes.js';
import { postToTelnyx } from '../../telnyx/send/post.js';
import { registerTwilioHooks } from '../../twilio/receive/routes.js';

const ANSWER_TIMEOUT_MS = 5_000;

export function registerPhoneHooks(
  fastify: FastifyInstance,
  services: PhoneServices,
  { config, logger, egress }: { config: Config; logger: Logger; egress: EgressPort },
): void {
  const { telnyx } = config.channels;
  registerTwilioHooks(fastify, services, config, logger);
  registerTelnyxHooks(fastify, services, config, {
    logger,
    async sendAnswer(to, text) {
      if (telnyx === null) return;
      const sent = await postToTelnyx(egress, telnyx, {
        path: '/v2/messages',
        body: { from: telnyx.from, to, text, use_profile_webhooks: false },
        timeoutMs: ANSWER_TIMEOUT_MS,
      });
      // The command is done and recorded; only its confirmation is missing.
      if (sent.kind !== 'answered' || sent.status > 299)
        logger.warn(
          { answer: sent.kind === 'answered' ? sent.status : sent.reason },
          'an answer to a text could not be sent',
        );
    },
  });
}
