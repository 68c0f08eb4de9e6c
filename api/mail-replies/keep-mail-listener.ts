/**
 * Keeps the listener for answers by mail open beside the api. Mail is not intake: a port that is taken is retried and told
 * on /system, and costs neither an alert nor an acknowledgement.
 */
import { repeat } from '../../config/repeat.js';
import { reportWatchdog } from '../../db/watchdogs.js';
import type { Store } from '../../db/store.js';
import type { MailListener, MailParts } from './mail-listener.js';

/** Sooner than a watchdog counts as silent. */
const LOOK_EVERY_MS = 30_000;

type Parts = MailParts & { store: Pick<Store, 'dataSource'> };

/** Returns at once; `stop` ends the listener after the answers that are under way. */
export function keepMailListener(parts: Parts): { stop(): Promise<void> } {
  const { logger, store } = parts;
  let listener: MailListener | null = null;
  const looking = repeat(
    LOOK_EVERY_MS,
    async () => {
      let problem: string | null = null;
      try {
        // Loaded only where it is wanted: reading mail takes memory.
        listener ??= await (await import('./mail-listener.js')).startMailListener(parts);
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        logger.error({ err: error }, 'answers by mail cannot be listened for; it is tried again');
      }
      await reportWatchdog(store.dataSource, {
        name: 'reply-mail',
        ok: problem === null,
        text:
          problem === null
            ? `answers by mail are taken on port ${listener?.port ?? '?'}`
            : `answers by mail are not taken: ${problem}`,
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
