/** Provider accounts of the channels. A channel without its account stays registered and fails with the reason. */

/** Reads one variable; records a problem and returns the fallback when it cannot be parsed (`environment.ts`). */
export type ReadVariable = <T>(name: string, fallback: T, example: string, parse: (text: string) => T) => T;

/** Like `ReadVariable`, but an unset variable is a problem; `why` explains the need. */
export type RequireVariable = (
  name: string,
  why: string,
  example: string,
  parse: (text: string) => string,
) => string;

export interface ChannelSettings {
  /** `TWILIO_*`: SMS and calls. Null without `TWILIO_ACCOUNT_SID`. */
  twilio: {
    accountSid: string;
    authToken: string;
    /** Sender number in E.164 of messages and calls. */
    from: string;
    messagingServiceSid: string | null;
    apiUrl: string;
  } | null;
  /** `TELNYX_*`: the second provider of SMS and calls. Null without `TELNYX_API_KEY`. */
  telnyx: {
    apiKey: string;
    /** Base64 of the Ed25519 key that signs callbacks. */
    publicKey: string;
    from: string;
    /** TeXML application and its account; without them no calls. */
    connectionId: string | null;
    accountId: string | null;
    apiUrl: string;
  } | null;
  /** `TOCSIN_PHONE_*`: limits on everything that costs money per message. */
  phone: {
    /** Providers in order of preference. */
    providers: readonly ('twilio' | 'telnyx')[];
    /** ISO 3166 codes of countries that may be called or texted; empty allows all. */
    countries: readonly string[];
    /** Maximum number of paid messages a day, overall and per person. */
    dailyLimit: number;
    dailyLimitPerPerson: number;
  };
  slack: {
    botToken: string;
    /** Signing secret of the app's HTTP endpoints; null disables them. */
    signingSecret: string | null;
    /** `SLACK_APP_TOKEN`: for Socket Mode, with an outbound connection to Slack; null opens no socket. */
    appToken: string | null;
    apiUrl: string;
  } | null;
  telegram: {
    botToken: string;
    /** Secret that Telegram sends with every update; derived from the root key when left out. */
    webhookSecret: string | null;
    apiUrl: string;
  } | null;
  /** Always available: topics are addresses. `token` for a server that requires one. */
  ntfy: { url: string; token: string | null };
  pushover: { token: string; apiUrl: string } | null;
  /** `VAPID_SUBJECT`: mailto: or https: contact of the operator; the keys are derived from the root key. */
  webpush: { subject: string | null };
  /** `APPRISE_URL`: the Apprise API that delivers the messages. */
  apprise: { url: string } | null;
  /** `TOCSIN_REPLY_SMTP_PORT`: listener for mail replies and bounces; null turns it off. */
  replyMail: {
    port: number;
    domain: string;
    /** `TOCSIN_REPLY_AUTHSERV`: the receiving mail server's name in `Authentication-Results`. */
    vouching: string | null;
  } | null;
}

/** An incomplete account is a problem that names the missing variable. */
export function readChannelSettings(read: ReadVariable, required: RequireVariable): ChannelSettings {
  const text = (name: string, example: string): string => read(name, '', example, nonBlank);
  const url = (name: string, fallback: string): string =>
    read(name, fallback, fallback === '' ? 'https://apprise.example.com' : fallback, webUrl);
  const optional = (name: string, example: string): string | null =>
    read<string | null>(name, null, example, nonBlank);
  const needed = (name: string, owner: string, example: string): string =>
    required(name, `${owner} is set`, example, nonBlank);

  const twilioSid = text('TWILIO_ACCOUNT_SID', 'ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx');
  const telnyxKey = text('TELNYX_API_KEY', 'KEY0123…');
  const slackAppToken = read<string | null>('SLACK_APP_TOKEN', null, 'xapp-1-…', slackAppLevelToken);
  const slackToken =
    slackAppToken === null
      ? text('SLACK_BOT_TOKEN', 'xoxb-…')
      : needed('SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'xoxb-…');
  const telegramToken = text('TELEGRAM_BOT_TOKEN', '123456:ABC-…');
  const pushoverToken = text('PUSHOVER_TOKEN', 'the token of your application, 30 characters');
  const appriseUrl = url('APPRISE_URL', '');
  const replyPort = read<number | null>('TOCSIN_REPLY_SMTP_PORT', null, '2525', portNumber);
  return {
    twilio:
      twilioSid === ''
        ? null
        : {
            accountSid: twilioSid,
            authToken: needed('TWILIO_AUTH_TOKEN', 'TWILIO_ACCOUNT_SID', 'the token of that account'),
            from: needed('TWILIO_FROM', 'TWILIO_ACCOUNT_SID', '+4930123456'),
            messagingServiceSid: optional('TWILIO_MESSAGING_SERVICE_SID', 'MGxxxx'),
            apiUrl: url('TWILIO_API_URL', 'https://api.twilio.com'),
          },
    telnyx:
      telnyxKey === ''
        ? null
        : {
            apiKey: telnyxKey,
            publicKey: needed('TELNYX_PUBLIC_KEY', 'TELNYX_API_KEY', 'the public key of your account'),
            from: needed('TELNYX_FROM', 'TELNYX_API_KEY', '+4930123456'),
            connectionId: optional('TELNYX_CONNECTION_ID', '1494404757140276705'),
            accountId: optional('TELNYX_ACCOUNT_ID', 'f5586561-8ff0-4291-a51b-c7dfe4139ff9'),
            apiUrl: url('TELNYX_API_URL', 'https://api.telnyx.com'),
          },
    phone: {
      providers: read<readonly ('twilio' | 'telnyx')[]>(
        'TOCSIN_PHONE_PROVIDERS',
        ['twilio', 'telnyx'],
        'telnyx,twilio',
        phoneProviders,
      ),
      countries: read<readonly string[]>('TOCSIN_PHONE_COUNTRIES', [], 'DE,FR', countryCodes),
      dailyLimit: read('TOCSIN_PHONE_DAILY_LIMIT', 1_000, '1000', countUpTo(1_000_000)),
      dailyLimitPerPerson: read('TOCSIN_PHONE_DAILY_LIMIT_PER_PERSON', 100, '100', countUpTo(100_000)),
    },
    slack:
      slackToken === ''
        ? null
        : {
            botToken: slackToken,
            signingSecret: optional('SLACK_SIGNING_SECRET', 'the signing secret of your Slack app'),
            appToken: slackAppToken,
            apiUrl: url('SLACK_API_URL', 'https://slack.com/api/'),
          },
    telegram:
      telegramToken === ''
        ? null
        : {
            botToken: telegramToken,
            webhookSecret: read<string | null>(
              'TELEGRAM_WEBHOOK_SECRET',
              null,
              'up to 256 letters, digits, _ and -',
              telegramSecret,
            ),
            apiUrl: url('TELEGRAM_API_URL', 'https://api.telegram.org'),
          },
    ntfy: { url: url('NTFY_URL', 'https://ntfy.sh'), token: optional('NTFY_TOKEN', 'tk_…') },
    pushover:
      pushoverToken === ''
        ? null
        : { token: pushoverToken, apiUrl: url('PUSHOVER_API_URL', 'https://api.pushover.net') },
    webpush: { subject: optional('VAPID_SUBJECT', 'mailto:oncall@example.com') },
    apprise: appriseUrl === '' ? null : { url: appriseUrl },
    replyMail:
      replyPort === null
        ? null
        : {
            port: replyPort,
            domain: needed('TOCSIN_REPLY_DOMAIN', 'TOCSIN_REPLY_SMTP_PORT', 'reply.tocsin.example.com'),
            vouching: optional('TOCSIN_REPLY_AUTHSERV', 'mx.example.com'),
          },
  };
}

function nonBlank(text: string): string {
  if (/\s/.test(text)) throw new Error('holds a blank');
  return text;
}

/** Other tokens of the app cannot open a socket; Slack would report `not_allowed_token_type` only much later. */
function slackAppLevelToken(text: string): string {
  if (!/^xapp-\S+$/.test(text)) throw new Error('is not an app-level token, which begins with xapp-');
  return text;
}

/** Characters that Telegram accepts as `secret_token` of `setWebhook`. */
function telegramSecret(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(text))
    throw new Error('holds something else than A-Z, a-z, 0-9, _ and -');
  return text;
}

function webUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) throw new Error('is not an http or https address');
  return text.replace(/\/+$/, '');
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Error(`"${text}" is not a port from 1 to 65535`);
  return port;
}

function phoneProviders(text: string): ('twilio' | 'telnyx')[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    if (name !== 'twilio' && name !== 'telnyx') throw new Error(`"${name}" is neither twilio nor telnyx`);
    return name;
  });
}

function countryCodes(text: string): string[] {
  const codes = text.split(',').map((part) => part.trim().toUpperCase());
  for (const code of codes) if (!/^[A-Z]{2}$/.test(code)) throw new Error(`"${code}" is not a country code`);
  return codes;
}

function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,7}$/.test(text) ? Number(text) : -1;
    if (count < 0 || count > most) throw new Error(`"${text}" is not a number from 0 to ${most}`);
    return count;
  };
}
