/**
 * Does a permanent failure say that nobody is at this address? Only what providers document as such, in the form that our channels
 * write it down: a wrong guess would keep pages from somebody. All else (policies, quotas, our own set-up) leaves the contact alone,
 * above all what is about our account: a wrong token fails for everybody, and must not take all contacts with it.
 */
const WORDS: Readonly<Record<string, RegExp>> = {
  // RFC 3463 §3.2, §3.3: bad mailbox, bad system, syntax, moved, null MX (RFC 7505); mailbox disabled. Older servers in words; many
  // refuse a sender or a relay only when the recipient is named.
  email:
    /(?:^|\b5\d\d[ -])5\.(?:1\.(?:1|2|3|6|10)|2\.1)(?![\d.])|\b55[013]\b(?!.*\b5\.\d+\.\d+\b)(?!.*\b(?:sender|from address|relay)).*(?:no such (?:user|mailbox)|user unknown|unknown user|does not exist|mailbox not found)/is,
  // Twilio 21211, 21217: no valid number; 21614: no mobile; 21610: opted out. Telnyx 40310: invalid `to`.
  sms: /\btwilio: 4\d\d: (?:21211|21217|21610|21614)\b|\btelnyx: 4\d\d: 40310\b/,
  voice: /\btwilio: 4\d\d: (?:21211|21217)\b|\btelnyx: 4\d\d: 40310\b/,
  // RFC 8030 §7.3: a subscription that is gone stays gone. 401 and 403 are about our VAPID key.
  webpush: /^(?:404|410): the subscription is gone/,
  // 410: the receiver has disabled this endpoint.
  webhook: /^410:/,
  // Only what presupposes that our token sees the address: a token of another workspace is told `channel_not_found` and
  // `user_not_found` of everybody, and `account_inactive` is said of the token itself.
  slack: /^Slack says (?:user_disabled|is_archived)\b/,
  // Another bot than the one that people wrote to is told `chat not found` of everybody.
  telegram: /^403: .*(?:bot was blocked by the user|user is deactivated|bot was kicked)/i,
  // The webhook itself is the address; no account is involved.
  discord: /^404: .*(?:\b10015\b|unknown webhook)/i,
  // Not where the application's token is complained of as well: then nothing was looked up with it.
  pushover:
    /^400: (?!.*application token).*(?:user identifier is (?:invalid|not a valid user)|user key is invalid)/i,
};

export const saysAddressIsDead = (channel: string, error: string): boolean =>
  WORDS[channel]?.test(error) ?? false;
