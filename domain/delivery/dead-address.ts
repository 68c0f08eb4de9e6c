/**
 * Decides whether a permanent failure proves that an address is dead. Only failures that providers document as such count, in the
 * form that the channels record them: a wrong guess would withhold pages. Other failures (policies, quotas, wrong set-up) leave
 * the contact alone, above all account failures: a wrong token fails for every contact and must not disable all of them.
 */
const WORDS: Readonly<Record<string, RegExp>> = {
  // RFC 3463 §3.2, §3.3: bad mailbox, bad system, syntax, moved, null MX (RFC 7505); mailbox disabled. Older servers use words,
  // and many refuse a sender or a relay only after the recipient is named.
  email:
    /(?:^|\b5\d\d[ -])5\.(?:1\.(?:1|2|3|6|10)|2\.1)(?![\d.])|\b55[013]\b(?!.*\b5\.\d+\.\d+\b)(?!.*\b(?:sender|from address|relay)).*(?:no such (?:user|mailbox)|user unknown|unknown user|does not exist|mailbox not found)/is,
  // Twilio 21211, 21217: invalid number; 21614: not a mobile; 21610: opted out. Telnyx 40310: invalid `to`.
  sms: /\btwilio: 4\d\d: (?:21211|21217|21610|21614)\b|\btelnyx: 4\d\d: 40310\b/,
  voice: /\btwilio: 4\d\d: (?:21211|21217)\b|\btelnyx: 4\d\d: 40310\b/,
  // RFC 8030 §7.3: an expired subscription stays expired. 401 and 403 concern Tocsin's VAPID key.
  webpush: /^(?:404|410): the subscription is gone/,
  // 410: the receiver has disabled this endpoint.
  webhook: /^410:/,
  // Only errors that require the token to see the address: a token of another workspace gets `channel_not_found` and
  // `user_not_found` for every person, and `account_inactive` concerns the token itself.
  slack: /^Slack says (?:user_disabled|is_archived)\b/,
  // A bot other than the one that people wrote to gets `chat not found` for every person.
  telegram: /^403: .*(?:bot was blocked by the user|user is deactivated|bot was kicked)/i,
  // The webhook itself is the address; no account is involved.
  discord: /^404: .*(?:\b10015\b|unknown webhook)/i,
  // Excluded when the error also names the application's token: the user key was not looked up then.
  pushover:
    /^400: (?!.*application token).*(?:user identifier is (?:invalid|not a valid user)|user key is invalid)/i,
};

export const saysAddressIsDead = (channel: string, error: string): boolean =>
  WORDS[channel]?.test(error) ?? false;
