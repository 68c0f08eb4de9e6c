/**
 * The role of api, worker and pager is no superuser and cannot rewrite the record, not even by dropping the triggers.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { APPEND_ONLY } from '../../db/connection/app-role.js';
import { createDatabase, type TestDatabase } from '../harness/database.js';

let database: TestDatabase;
let app: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  app = new pg.Client({ connectionString: database.appUrl });
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await database.drop();
});

const refused = (sql: string) => expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });

describe('the role of the programs', () => {
  it('is no superuser, makes no roles and databases, and owns nothing', async () => {
    const { rows } = await app.query(
      `SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,
              (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
         FROM pg_roles r WHERE rolname = current_user`,
    );
    expect(rows).toEqual([
      { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false, owned: 0 },
    ]);
  });

  it.each(APPEND_ONLY)('cannot change, delete, empty or unguard %s', async (table) => {
    await refused(`UPDATE ${table} SET at = now()`);
    await refused(`DELETE FROM ${table}`);
    await refused(`TRUNCATE ${table} CASCADE`);
    await refused(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
    await refused(`DROP TABLE ${table} CASCADE`);
  });

  it('cannot run a program or read a file of the server', async () => {
    await refused(`COPY migrations FROM PROGRAM 'id'`);
    await refused(`SELECT pg_read_file('PG_VERSION')`);
  });

  it('cannot claim that a migration has run', () => refused(`DELETE FROM migrations`));
});
