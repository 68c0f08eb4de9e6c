/** Variables with secrets for runbooks: `TOCSIN_SECRET_<NAME>`, next to the root keys, which share the prefix. */
export const SECRET_PREFIX = 'TOCSIN_SECRET_';
export const HOSTS_SUFFIX = '_HOSTS';

/** A runbook must not read a root key, and a list of hosts is not a secret. */
export const isReservedSecret = (name: string): boolean =>
  name === 'KEY' || name.startsWith('KEY_PREVIOUS') || name.endsWith(HOSTS_SUFFIX);

export const secretVariables = (env: NodeJS.ProcessEnv): string[] =>
  Object.keys(env).filter(
    (name) =>
      name.startsWith(SECRET_PREFIX) &&
      !isReservedSecret(name.slice(SECRET_PREFIX.length)) &&
      (env[name] ?? '') !== '',
  );
