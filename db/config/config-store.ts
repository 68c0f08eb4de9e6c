/**
 * Writes configuration. A change is a new revision, in one transaction with its consequences (people, source keys,
 * version, audit, notification). The caller decides the changes beforehand, under the same lock.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { sealedDocument } from './document-secrets.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../../domain/config/specs.js';
import type { Actor } from '../../domain/incident/state.js';
import { CONFIG_STAMP, type ConfigSnapshots } from './config-snapshot.js';
import { auditInsert } from '../audit/write-audit.js';
import type { ConfigWrite } from './config-write.js';
import { type SourceKey, syncKeys } from './source-keys.js';
import { cancelOverridesOfRemoved, syncPeople } from './sync-people.js';
import type { Querying } from '../connection/querying.js';

export interface WriteBatch {
  writes: ConfigWrite[];
  keys: SourceKey[];
  author: Actor;
  managedBy: string;
}

export interface Revision {
  revision: number;
  /** Null: deleted. */
  spec: unknown;
  managedBy: string;
  author: Actor;
  at: string;
}

export interface DocumentInForce extends Omit<Revision, 'spec'> {
  kind: ConfigKind;
  name: string;
  spec: ConfigDocument['spec'];
}

export class ConfigStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly rootKey: Buffer,
  ) {}

  /** Runs `work` with the configuration in force, while no other transaction can change it. */
  change<T>(work: (tx: EntityManager, snapshot: ConfigSnapshot) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      const rows: { stamp: string }[] = await tx.query(
        `SELECT ${CONFIG_STAMP} AS stamp FROM config_head FOR UPDATE`,
      );
      return work(tx, await this.snapshots.at(tx, Number(rows[0]?.stamp ?? 0)));
    });
  }

  latest(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }

  /** Only inside `change`. Returns the new version. */
  async write(tx: Querying, { writes, keys, author, managedBy }: WriteBatch): Promise<number> {
    await tx.query(
      `INSERT INTO config_object (kind, name, revision, spec, managed_by, author, at)
       SELECT w.kind, w.name, 1 + coalesce((SELECT max(o.revision) FROM config_object o WHERE o.kind = w.kind AND o.name = w.name), 0),
              nullif(w.spec, 'null'::jsonb), $2, $3, tocsin_now()
         FROM jsonb_to_recordset($1::jsonb) AS w (kind text, name text, spec jsonb)`,
      [JSON.stringify(writes.map((one) => sealedDocument(this.rootKey, one))), managedBy, author],
    );
    await syncPeople(tx, writes);
    await cancelOverridesOfRemoved(tx, writes, author);
    await syncKeys(tx, writes, keys);
    const rows: { version: string }[] = await tx.query(
      `WITH head AS (UPDATE config_head SET version = version + 1 RETURNING version),
       audit AS (
         ${auditInsert({
           actor: '$1',
           action: "'config.apply'",
           subject: "'config'",
           data: "jsonb_build_object('version', version, 'changes', $2::jsonb)",
           from: 'FROM head',
         })})
       SELECT version, pg_notify('tocsin_config', version::text) FROM head`,
      [
        author,
        JSON.stringify(writes.map(({ kind, name, spec }) => ({ kind, name, deleted: spec === null }))),
      ],
    );
    return Number(rows[0]?.version ?? 0);
  }

  /** Documents in force with their authors, filtered by kind and by name. */
  async inForce(
    tx: Querying,
    { kind, name }: { kind?: ConfigKind; name?: string } = {},
  ): Promise<DocumentInForce[]> {
    const rows: (Omit<DocumentInForce, 'managedBy' | 'at'> & { managed_by: string; at: Date })[] =
      await tx.query(
        `SELECT kind, name, revision, spec, managed_by, author, at FROM (
         SELECT DISTINCT ON (kind, name) * FROM config_object
          WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR name = $2)
          ORDER BY kind, name, revision DESC) newest
        WHERE spec IS NOT NULL AND spec <> 'null'::jsonb ORDER BY kind, name`,
        [kind ?? null, name ?? null],
      );
    return rows.map(({ managed_by, at, ...row }) => ({
      ...row,
      managedBy: managed_by,
      at: at.toISOString(),
    }));
  }

  /** Newest first. */
  async revisions(kind: ConfigKind, name: string): Promise<Revision[]> {
    const rows: { revision: number; spec: unknown; managed_by: string; author: string; at: Date }[] =
      await this.dataSource.query(
        'SELECT revision, spec, managed_by, author, at FROM config_object WHERE kind = $1 AND name = $2 ORDER BY revision DESC LIMIT 200',
        [kind, name],
      );
    return rows.map(({ managed_by, at, ...row }) => ({
      ...row,
      managedBy: managed_by,
      at: at.toISOString(),
    }));
  }

  /** Sessions, mail and foreign keys read the `person` table; the Person document is the source of truth. */
}
