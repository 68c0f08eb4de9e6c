/** The hash chain over the audit log detects changes made behind the application's back. */
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import { sealAudit } from './audit-seal.js';
import { auditRecord } from '../invariants/audit-record.js';

const write = (db: DataSource, count: number, at = 'tocsin_now()'): Promise<unknown> =>
  db.query(
    `INSERT INTO audit_entry (at, actor, action, subject, data)
     SELECT ${at}, 'ana', 'config.apply', 'service/' || n, jsonb_build_object('b', n, 'a', 'ä') FROM generate_series(1, $1) n`,
    [count],
  );
/** Changes that only the owner of the tables can make. */
const harm = async (db: DataSource, statement: string): Promise<void> => {
  const tables = ['audit_entry', 'audit_seal'];
  for (const table of tables) await db.query(`ALTER TABLE ${table} DISABLE TRIGGER ${table}_append_only`);
  await db.query(statement);
  for (const table of tables) await db.query(`ALTER TABLE ${table} ENABLE TRIGGER ${table}_append_only`);
};
const breaches = async (db: DataSource): Promise<string[]> =>
  (await auditRecord(db)).map(({ invariant, subject, detail }) => `${invariant} ${subject} ${detail}`);

describe('the audit log', () => {
  it('is sealed once, whoever seals, in the order of its entries, also those that committed late', () =>
    withDatabase(async (db) => {
      const late = db.createQueryRunner();
      await late.startTransaction();
      await late.query(
        `INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), 'bo', 'late', 'x', '{}')`,
      );
      await write(db, 1_200);
      const sealed = await Promise.all([sealAudit(db), sealAudit(db), sealAudit(db)]);
      expect(sealed.reduce((sum, n) => sum + n)).toBe(1_200);
      await late.commitTransaction();
      await late.release();
      expect(await sealAudit(db)).toBe(1);
      expect(await sealAudit(db)).toBe(0);
      const [row] = await db.query('SELECT count(*)::int AS count, max(n)::int AS last FROM audit_seal');
      expect(row).toEqual({ count: 1_201, last: 1_201 });
      expect(await breaches(db)).toEqual([]);
    }));

  it.each([
    [
      'is changed',
      `UPDATE audit_entry SET actor = 'nobody' WHERE subject = 'service/7'`,
      'is not what was sealed',
    ],
    [
      'is dated otherwise',
      `UPDATE audit_entry SET at = at - interval '1 ms' WHERE subject = 'service/7'`,
      'is not what',
    ],
    ['is removed', `DELETE FROM audit_entry WHERE subject = 'service/7'`, 'is gone'],
    [
      'is removed with its seal',
      `WITH gone AS (DELETE FROM audit_entry WHERE subject = 'service/7' RETURNING id)
       DELETE FROM audit_seal WHERE entry_id IN (SELECT id FROM gone)`,
      'the seal before its own is gone',
    ],
    [
      'changes places with another',
      `UPDATE audit_seal SET hash = (SELECT hash FROM audit_seal WHERE n = 8) WHERE n = 7`,
      'is not what was sealed',
    ],
  ])('tells when an entry %s', (_what, statement, says) =>
    withDatabase(async (db) => {
      await write(db, 20);
      await sealAudit(db);
      expect(await breaches(db)).toEqual([]);
      await harm(db, statement);
      expect(await breaches(db)).toContainEqual(
        expect.stringMatching(new RegExp(`^I9 audit entry \\d+ ${says}`)),
      );
    }),
  );

  it('tells when nobody seals', () =>
    withDatabase(async (db) => {
      await write(db, 1, `tocsin_now() - interval '2 minutes'`);
      expect(await breaches(db)).toEqual([expect.stringMatching(/^I9 audit entry \d+ has no seal/)]);
      await sealAudit(db);
      expect(await breaches(db)).toEqual([]);
    }));
});
