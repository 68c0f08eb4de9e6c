/** The secrets given to this process, for detecting them where they must not occur. */
import type { Config } from './environment.js';
import { secretVariables } from './secret-variables.js';

/** Shorter secrets may be words that occur in a record by chance. */
const LEAST_LENGTH = 12;
const SECRET_NAMES = /token|secret|^apiKey$/i;

/** Secrets by their public name; the value is only for comparison and is never shown. */
export function knownSecrets(config: Config, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const found: [string, string | null][] = [
    ['TOCSIN_ADMIN_TOKEN', config.adminToken],
    ['the password in DATABASE_URL', passwordOf(config.databaseUrl)],
    ['the password in SMTP_URL', passwordOf(config.smtpUrl)],
    ...Object.entries(config.channels).flatMap(([channel, settings]: [string, object | null]) =>
      Object.entries(settings ?? {}).flatMap(([name, value]: [string, unknown]): [string, string][] =>
        SECRET_NAMES.test(name) && typeof value === 'string' ? [[`${name} of ${channel}`, value]] : [],
      ),
    ),
    ...['TOCSIN_SECRET_KEY', 'TOCSIN_SECRET_KEY_PREVIOUS', ...secretVariables(env)].map(
      (name): [string, string] => [name, env[name] ?? ''],
    ),
  ];
  return new Map(
    found.flatMap(([name, secret]) =>
      secret !== null && secret.length >= LEAST_LENGTH ? [[name, secret] as const] : [],
    ),
  );
}

function passwordOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return decodeURIComponent(new URL(url).password);
}
