/** Channel `email`: mail through the operator's SMTP relay. */
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import { mailToken } from '../../../shared/keys.js';
import { isBareAddress, parseSender } from './address.js';
import { composeMail } from './compose.js';
import { parseRelay } from './relay.js';
import { sendOverSmtp, type SmtpOutcome } from './smtp.js';

/**
 * `smtpUrl`: see relay.ts; `from`: `TOCSIN_MAIL_FROM`. Throws when either is invalid. The relay's address is not checked against
 * the egress rules: the operator configured it in the environment, and a relay usually has a private address.
 */
export function createEmailChannel(options: {
  smtpUrl: string;
  from: string;
  /** Replies and bounces go to this domain (`TOCSIN_REPLY_DOMAIN`); null: none. */
  replies?: { domain: string; secretKey: Buffer } | null;
}): Channel {
  const relay = parseRelay(options.smtpUrl);
  const sender = parseSender(options.from);
  return {
    name: 'email',
    async send({ destination, message, idempotencyKey, timeoutMs }) {
      const to = destination.address;
      if (!isBareAddress(to)) return failed(`${JSON.stringify(to)} is not one mail address`, true);
      const back = returnAddresses(options.replies ?? null, idempotencyKey);
      const replyTo = message.type === 'page.requested' ? (back?.reply ?? null) : null;
      const { messageId, raw } = await composeMail(message, to, idempotencyKey, sender, replyTo);
      const giveUpAt = performance.now() + timeoutMs;
      const from = back?.bounce ?? sender.address;
      const outcome = await sendOverSmtp(relay, { from, to }, raw, timeoutMs);
      // Some relays accept mail from one sender only: the page matters more than its bounce.
      if (outcome.kind !== 'rejected' || outcome.about !== 'session' || from === sender.address)
        return readOutcome(outcome, messageId);
      const left = Math.max(1, giveUpAt - performance.now());
      return readOutcome(await sendOverSmtp(relay, { from: sender.address, to }, raw, left), messageId);
    },
  };
}

/** Addresses that identify this one delivery; null when replies are not received, or the key is not a ledger key. */
function returnAddresses(
  replies: { domain: string; secretKey: Buffer } | null,
  key: string,
): { reply: string; bounce: string } | null {
  if (replies === null || !/^[0-9a-f]{64}$/.test(key)) return null;
  const { domain, secretKey } = replies;
  return {
    reply: `reply+${mailToken(secretKey, 'reply', key)}@${domain}`,
    bounce: `bounce+${mailToken(secretKey, 'bounce', key)}@${domain}`,
  };
}

/**
 * Only a 5xx about the recipient or the mail rules out a further attempt at this address. A 5xx to the greeting, the password or
 * the sender concerns the relay's set-up, says nothing about the address, and may be repaired soon.
 */
function readOutcome(outcome: SmtpOutcome, messageId: string): SendOutcome {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted', provider: 'smtp', providerId: messageId };
    case 'rejected':
      return failed(outcome.error, outcome.code >= 500 && outcome.about === 'mail');
    case 'failed':
      return failed(outcome.error, false);
    case 'ambiguous':
      return { kind: 'ambiguous', provider: 'smtp', error: outcome.error };
  }
}

function failed(error: string, permanent: boolean): SendOutcome {
  return { kind: 'failed', provider: 'smtp', error, permanent };
}
