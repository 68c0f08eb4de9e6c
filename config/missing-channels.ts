/**
 * Channels that this installation cannot send by, with the reason: no account, no relay. The other channels need no
 * settings.
 */
import type { Config } from './environment.js';

/** By channel name; the text names the missing variable. */
export function missingChannels({
  smtpUrl,
  publicUrl,
  channels: { twilio, telnyx, slack, telegram, pushover, webpush, apprise },
}: Pick<Config, 'smtpUrl' | 'publicUrl' | 'channels'>): ReadonlyMap<string, string> {
  const reasons: Record<string, string | null> = {
    email: smtpUrl === null ? 'no SMTP_URL configured' : null,
    sms: twilio === null && telnyx === null ? 'no TWILIO_ACCOUNT_SID or TELNYX_API_KEY configured' : null,
    slack: slack === null ? 'no SLACK_BOT_TOKEN configured' : null,
    telegram: telegram === null ? 'no TELEGRAM_BOT_TOKEN configured' : null,
    pushover: pushover === null ? 'no PUSHOVER_TOKEN configured' : null,
    // A push service requires an operator contact; a public https URL serves as one.
    webpush:
      webpush.subject === null && !publicUrl.startsWith('https:')
        ? 'no VAPID_SUBJECT configured, and TOCSIN_URL is not https'
        : null,
    apprise: apprise === null ? 'no APPRISE_URL configured' : null,
  };
  const missing = new Map<string, string>();
  for (const [channel, reason] of Object.entries(reasons)) if (reason !== null) missing.set(channel, reason);
  const phone = missing.get('sms');
  if (phone !== undefined) missing.set('voice', phone);
  return missing;
}
