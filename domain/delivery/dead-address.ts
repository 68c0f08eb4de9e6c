/**
 * Does a permanent failure say that nobody is at this address? Only what providers document as such: a wrong guess would keep
 * pages from somebody, so all else (policies, quotas, accounts, our own set-up) leaves the contact alone.
 */
const WORDS: Readonly<Record<string, RegExp>> = {
  // RFC 3463 §3.2, §3.3: bad mailbox, bad system, syntax, moved, null MX (RFC 7505); mailbox disabled. Older servers in words.
  email:
    /\b5\.1\.(?:1|2|3|6|10)\b|\b5\.2\.1\b|\b55[013]\b(?!.*\b5\.\d+\.\d+\b).*(?:no such (?:user|mailbox)|user unknown|unknown user|does not exist|mailbox not found)/is,
  // Twilio 21211, 21217: no valid number; 21614: no mobile; 21610: opted out. Telnyx 40310: invalid `to`.
  sms: /\b(?:21211|21217|21610|21614|40310)\b/,
  voice: /\b(?:21211|21217|40310)\b/,
  // RFC 8030 §7.3: a subscription that is gone stays gone.
  webpush: /\b(?:404|410)\b.*subscription is gone/i,
  // 410: the receiver has disabled this endpoint.
  webhook: /^410:/,
  slack:
    /\b(?:user_not_found|users_not_found|channel_not_found|account_inactive|user_disabled|is_archived)\b/,
  telegram: /chat not found|bot was blocked by the user|user is deactivated|bot was kicked/i,
  discord: /\b10015\b|unknown webhook/i,
  pushover: /user identifier is (?:invalid|not a valid user)|user key is invalid/i,
};

export const saysAddressIsDead = (channel: string, error: string): boolean =>
  WORDS[channel]?.test(error) ?? false;
