/** Secrets that runbooks refer to (`secrets.db_password`): `TOCSIN_SECRET_DB_PASSWORD`, read late and only by the worker. */
export const secretsOf = (env: NodeJS.ProcessEnv) => ({
  /** Null when there is none. An empty value counts as none. */
  value(name: string): Promise<string | null> {
    const text = env[`TOCSIN_SECRET_${name.toUpperCase().replaceAll('-', '_')}`] ?? '';
    // The root key shares the prefix; no runbook may read it.
    return Promise.resolve(text === '' || name.toLowerCase() === 'key' ? null : text);
  },
});
