/**
 * `POST /hooks/pushover/<ledger key>.<proof>`: Acknowledge was pressed in the Pushover app. Pushover signs nothing, so the
 * address is the proof: only Pushover knows it. The receipt in the body belongs to some attempt of that delivery; it need not be
 * the one we stored, because the reply to an earlier attempt may have been lost.
 */
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../../config/environment.js';
import { openCallbackKey } from '../../../shared/keys.js';
import type { Logger } from '../../../shared/logger.js';
import type { RefusedCallbacks } from '../../../services/delivery/provider-callbacks.js';
import type { AppReplies } from '../../../services/reply/app-replies.js';
import { FORM, formFields, registerHook } from '../../shared/receive/hook.js';

export function registerPushoverHook(
  fastify: FastifyInstance,
  { app, callbacks }: { app: AppReplies; callbacks: RefusedCallbacks },
  { rootKeys }: Pick<Config, 'rootKeys'>,
  logger: Logger,
): void {
  registerHook(fastify, callbacks, logger, {
    provider: 'pushover',
    url: '/hooks/pushover/:callback',
    summary: 'Pushover: an emergency message was acknowledged in the app',
    bodyTypes: [FORM],
    async handle(request, rawBody) {
      const { callback } = request.params as { callback: string };
      const key = openCallbackKey(rootKeys, 'pushover', callback);
      if (key === null) return { refused: 'not an address that was given out', status: 403 };
      const { receipt = '', acknowledged, acknowledged_at: at = '' } = formFields(rawBody);
      if (acknowledged !== '1' || !/^[A-Za-z0-9]{30}$/.test(receipt))
        return { refused: 'not an acknowledgement of Pushover', status: 400 };
      const result = await app.acknowledged({
        provider: 'pushover',
        key,
        receipt,
        at: /^\d{1,11}$/.test(at) ? new Date(Number(at) * 1000).toISOString() : '',
        text: 'Acknowledged in the Pushover app',
      });
      if (result === null) return { refused: 'this message no longer exists', status: 403 };
      const body =
        result.kind === 'unknown_sender' ? 'This user key belongs to no person here.' : result.text;
      return { status: 200, type: 'text/plain', body: `${body}\n` };
    },
  });
}
