/**
 * The database role of api, worker and pager: no superuser, no ownership, no UPDATE or DELETE on the append-only
 * tables. An attacker with this role (SQL injection, stolen password) can add to the record but not rewrite it. The
 * append-only triggers bind this role for good, since only the owner may drop them.
 */
import pg from 'pg';
import type { DataSource } from 'typeorm';

/** Tables whose rows are never changed; triggers of the migrations refuse changes to the owner as well. */
export const APPEND_ONLY = ['incident_event', 'audit_entry', 'audit_seal'] as const;

/** Creates the role when it is missing and grants the minimum. `owner` is connected as the owner of the tables. */
export async function admitAppRole(
  owner: DataSource,
  { name, password }: { name: string; password: string },
): Promise<void> {
  const role = pg.escapeIdentifier(name);
  const login = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(password)}`;
  const known: unknown[] = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  await owner.query(`${known.length === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} ${login}`);
  for (const statement of [
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
    `REVOKE UPDATE, DELETE ON ${APPEND_ONLY.join(', ')} FROM ${role}`,
    `REVOKE INSERT, UPDATE, DELETE ON migrations FROM ${role}`,
  ])
    await owner.query(statement);
}
