/** Sends codes and test pages, separately from paging. A new message wakes it by NOTIFY; polling finds retries. */
import { repeat } from '../shared/repeat.js';
import type { SendOutcome } from '../ports/channel.js';
import type { LeasedContactMessage } from '../domain/delivery/contact-message.js';

export interface ContactSenderOptions {
  take: (limit: number) => Promise<LeasedContactMessage[]>;
  send: (message: LeasedContactMessage, timeoutMs: number) => Promise<SendOutcome>;
  settle: (message: LeasedContactMessage, outcome: SendOutcome) => Promise<void>;
  onError: (error: unknown) => void;
}

/** A message held by a rate limit is sent a second or a few later. */
const LOOK_EVERY_MS = 1_000;
const TIMEOUT_MS = 15_000;
/** Attempts at once. */
const PLACES = 10;

export function startContactSender({ take, send, settle, onError }: ContactSenderOptions) {
  const deliver = async (message: LeasedContactMessage): Promise<void> => {
    try {
      await settle(message, await send(message, TIMEOUT_MS));
    } catch (error) {
      // The lease runs out, and the next attempt is marked as a possible repeat.
      onError(error);
    }
  };
  return repeat(
    LOOK_EVERY_MS,
    async () => {
      for (;;) {
        const messages = await take(PLACES);
        if (messages.length === 0) return;
        await Promise.all(messages.map(deliver));
      }
    },
    onError,
  );
}
