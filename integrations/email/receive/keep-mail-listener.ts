/**
 * Keeps the SMTP listener for replies open beside the api. Mail is not intake: a port in use is retried and reported on /system,
 * and costs neither an alert nor an acknowledgement.
 */
import { repeat } from '../../../shared/repeat.js';
import type { MailListener, MailParts } from './mail-listener.js';

/** Shorter than the time after which a watchdog counts as stale. */
const LOOK_EVERY_MS = 30_000;

type Parts = MailParts & {
  /** Stores whether replies are received, for /system. */
  report(state: { ok: boolean; text: string }): Promise<void>;
};

/** Returns at once; `stop` ends the listener after the answers under way. */
export function keepMailListener(parts: Parts): { stop(): Promise<void> } {
  const { logger } = parts;
  let listener: MailListener | null = null;
  const looking = repeat(
    LOOK_EVERY_MS,
    async () => {
      let problem: string | null = null;
      try {
        // Loaded only when configured: the mail parser takes memory.
        listener ??= await (await import('./mail-listener.js')).startMailListener(parts);
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        logger.error({ err: error }, 'answers by mail cannot be listened for; it is tried again');
      }
      await parts.report({
        ok: problem === null,
        text:
          problem === null
            ? `replies by mail are received on port ${listener?.port ?? '?'}`
            : `replies by mail are not received: ${problem}`,
      });
    },
    (error) => logger.warn({ err: error }, 'the state of the mail listener cannot be written'),
  );
  return {
    async stop() {
      await looking.stop();
      await listener?.close();
    },
  };
}
