/**
 * Secrets of runbooks (`secrets.db_password`): `TOCSIN_SECRET_DB_PASSWORD` and its allowed hosts,
 * `TOCSIN_SECRET_DB_PASSWORD_HOSTS`. Only the worker reads them. An unusable secret is logged at the start and
 * refused when a step uses it: a runbook's secret must not keep pages from being sent.
 */
import type { FoundSecret, SecretPort } from '../ports/runbook.js';
import {
  HOSTS_SUFFIX,
  isReservedSecret,
  SECRET_PREFIX,
  secretVariables,
} from '../config/secret-variables.js';
import { isSecretHost } from '../domain/runbook/hosts.js';
import { LEAST_SECRET_LENGTH } from '../domain/shared/secret-forms.js';

/** One sentence for each unusable secret. */
export const unusableSecrets = (env: NodeJS.ProcessEnv): string[] =>
  secretVariables(env).flatMap((variable) => {
    const found = read(env, variable);
    return found?.kind === 'unusable' ? [found.why] : [];
  });

export const secretsOf = (env: NodeJS.ProcessEnv): SecretPort => ({
  find(name) {
    const upper = name.toUpperCase().replaceAll('-', '_');
    return Promise.resolve(isReservedSecret(upper) ? null : read(env, `${SECRET_PREFIX}${upper}`));
  },
});

/** Null when there is none. An empty value counts as none. */
function read(env: NodeJS.ProcessEnv, variable: string): FoundSecret | null {
  const value = env[variable] ?? '';
  if (value === '') return null;
  if (value.length < LEAST_SECRET_LENGTH)
    return unusable(
      variable,
      `has ${value.length} characters; at least ${LEAST_SECRET_LENGTH} can be told from other words in an answer and hidden there`,
    );
  const hosts = (env[`${variable}${HOSTS_SUFFIX}`] ?? '').split(',').flatMap((text) => text.trim() || []);
  if (hosts.length === 0)
    return unusable(
      variable,
      `is bound to no host: set ${variable}${HOSTS_SUFFIX} to the hosts it may be sent to, such as db.internal,*.example.com:8443`,
    );
  const wrong = hosts.find((host) => !isSecretHost(host));
  return wrong === undefined
    ? { kind: 'secret', value, hosts }
    : unusable(
        `${variable}${HOSTS_SUFFIX}`,
        `"${wrong}" is no host; for example db.internal, *.db.internal, db.internal:8443 or, without TLS, http://db.internal`,
      );
}

const unusable = (variable: string, why: string): FoundSecret => ({
  kind: 'unusable',
  why: `${variable} ${why}`,
});
