/**
 * Writes configuration. A change is a new revision, in one transaction with its consequences (people, source keys,
 * version, audit, notification). The caller decides the changes beforehand, under the same lock.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { tokenHash } from '../../shared/keys.js';
import { sealedDocument } from './document-secrets.js';
import { mayAnswer } from '../../domain/access/permissions.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../../domain/config/specs.js';
import type { Role } from '../../domain/config/terms.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { Actor } from '../../domain/incident/state.js';
import { CONFIG_STAMP, type ConfigSnapshots } from './config-snapshot.js';
import { auditInsert } from '../audit/write-audit.js';

/** `spec` null deletes the document. */
export interface ConfigWrite {
  kind: ConfigKind;
  name: string;
  spec: ConfigDocument['spec'] | null;
}

/** A Source's ingest key; replaces the keys the source had. */
export interface SourceKey {
  source: string;
  key: string;
}

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

export interface StoredPlan {
  version: number;
  documents: unknown;
  prune: boolean;
  author: Actor;
}

/** The key is in use by another source. */
export class SourceKeyTaken extends Error {
  override readonly name = 'SourceKeyTaken';
  constructor(readonly source: string) {
    super(`The key of source ${source} is in use by another source`);
  }
}

type Querying = Pick<EntityManager, 'query'>;

/** Plans stored per author: a plan is read and applied, not archived. */
const PLANS_KEPT = 50;

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
    await this.syncPeople(tx, writes);
    await cancelOverridesOfRemoved(tx, writes, author);
    await this.syncKeys(tx, writes, keys);
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

  /** The source that owns this key; documents never contain keys. */
  async sourceOfKey(tx: Querying, key: string): Promise<string | null> {
    const rows: { source: string }[] = await tx.query('SELECT source FROM source_key WHERE hash = $1', [
      tokenHash(key),
    ]);
    return rows[0]?.source ?? null;
  }

  async savePlan(id: string, plan: StoredPlan): Promise<void> {
    await this.dataSource.query(
      `WITH old AS (
         DELETE FROM config_plan WHERE at < tocsin_now() - interval '1 day'
            OR id IN (SELECT id FROM config_plan WHERE author = $5 ORDER BY at DESC OFFSET ${PLANS_KEPT - 1}))
       INSERT INTO config_plan (id, version, documents, prune, author, at) VALUES ($1, $2, $3, $4, $5, tocsin_now())`,
      [id, plan.version, JSON.stringify(plan.documents), plan.prune, plan.author],
    );
  }

  async findPlan(tx: Querying, id: string): Promise<StoredPlan | null> {
    const rows: { version: string; documents: unknown; prune: boolean; author: string }[] = await tx.query(
      'SELECT version, documents, prune, author FROM config_plan WHERE id = $1',
      [id],
    );
    const row = rows[0];
    return row === undefined ? null : { ...row, version: Number(row.version) };
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
  private async syncPeople(tx: Querying, writes: ConfigWrite[]): Promise<void> {
    const people = writes.filter(({ kind }) => kind === 'Person');
    const gone = people.filter(({ spec }) => spec === null).map(({ name }) => name);
    // People who leave or change come first: an address may pass from one person to another in one apply.
    if (gone.length > 0) {
      await tx.query(
        // A later person with the same short name inherits none of these.
        `WITH sessions AS (UPDATE session SET ended_at = tocsin_now() WHERE person = ANY ($1) AND ended_at IS NULL),
         links AS (UPDATE link_token SET revoked_at = tocsin_now() WHERE person = ANY ($1) AND revoked_at IS NULL),
         contacts AS (UPDATE contact SET removed_at = tocsin_now() WHERE person = ANY ($1) AND removed_at IS NULL),
         preferences AS (DELETE FROM person_preference WHERE person = ANY ($1)),
         feeds AS (UPDATE calendar_feed SET revoked_at = tocsin_now(), revoked_by = 'tocsin'
                    WHERE owner = ANY ($1) AND revoked_at IS NULL),
         keys AS (UPDATE api_key SET revoked_at = tocsin_now() WHERE created_by = ANY ($1) AND revoked_at IS NULL RETURNING id),
         audit AS (
           ${auditInsert({
             actor: "'tocsin'",
             action: "'key.revoke'",
             subject: "'key/' || id",
             data: `'{"reason": "its maker was deleted"}'`,
             from: 'FROM keys',
           })})
         UPDATE person SET active = false WHERE name = ANY ($1)`,
        [gone],
      );
    }
    const here = people.flatMap(({ name, spec }) =>
      spec === null ? [] : [{ name, ...personRow(spec as PersonSpec) }],
    );
    if (here.length === 0) return;
    await tx.query(`UPDATE person SET active = false WHERE name = ANY ($1)`, [here.map(({ name }) => name)]);
    await tx.query(
      `WITH wanted AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS p (name text, email text, display_name text, role text, timezone text, answers boolean)),
       -- A changed role requires a new sign-in (docs/security.md, Sessions, OIDC, SCIM).
       ended AS (
         UPDATE session s SET ended_at = tocsin_now() FROM wanted w JOIN person p USING (name)
          WHERE s.person = w.name AND s.ended_at IS NULL AND p.role <> w.role)
       INSERT INTO person (name, email, display_name, role, timezone, active)
       SELECT name, email, display_name, role, timezone, true FROM wanted
       ON CONFLICT (name) DO UPDATE SET
         demoted_at = CASE WHEN (SELECT answers FROM wanted w WHERE w.name = excluded.name) THEN NULL
                           WHEN person.role = ANY ($2) THEN tocsin_now() ELSE person.demoted_at END, email = excluded.email, display_name = excluded.display_name, role = excluded.role,
         timezone = excluded.timezone, active = true`,
      [JSON.stringify(here), ROLES.filter(mayAnswer)],
    );
  }

  private async syncKeys(tx: Querying, writes: ConfigWrite[], keys: SourceKey[]): Promise<void> {
    const gone = writes
      .filter(({ kind, spec }) => kind === 'Source' && spec === null)
      .map(({ name }) => name);
    const renewed = keys.map(({ source }) => source);
    if (gone.length + renewed.length > 0)
      await tx.query(
        `WITH ended AS (DELETE FROM source_key WHERE source = ANY ($1) RETURNING hash, source)
         INSERT INTO former_source_key (hash, source, ended_at) SELECT hash, source, tocsin_now() FROM ended
         ON CONFLICT (hash) DO UPDATE SET source = EXCLUDED.source, ended_at = EXCLUDED.ended_at`,
        [[...gone, ...renewed]],
      );
    for (const { source, key } of keys) {
      const rows: unknown[] = await tx.query(
        `INSERT INTO source_key (hash, source, hint, created_at) VALUES ($1, $2, $3, tocsin_now()) ON CONFLICT (hash) DO NOTHING RETURNING source`,
        [tokenHash(key), source, `…${key.slice(-4)}`],
      );
      if (rows.length === 0) throw new SourceKeyTaken(source);
      await tx.query('DELETE FROM former_source_key WHERE hash = $1', [tokenHash(key)]);
    }
  }
}

/**
 * Cancels the running and future overrides of people who were removed or may no longer respond: the layers name the
 * person on call again from now on. Withdraws open swap requests from them or to them, and those of deleted
 * schedules.
 */
async function cancelOverridesOfRemoved(
  tx: Querying,
  writes: readonly ConfigWrite[],
  author: Actor,
): Promise<void> {
  const gone = writes.flatMap(({ kind, name, spec }) =>
    kind === 'Person' && (spec === null || !mayAnswer((spec as PersonSpec).role)) ? [name] : [],
  );
  const schedules = writes.flatMap(({ kind, name, spec }) =>
    kind === 'Schedule' && spec === null ? [name] : [],
  );
  if (gone.length + schedules.length === 0) return;
  await tx.query(
    `WITH ended AS (
       UPDATE schedule_override SET cancelled_by = $3, cancelled_at = tocsin_now()
        WHERE person = ANY ($1) AND cancelled_at IS NULL AND to_at > tocsin_now() RETURNING id, schedule, person),
     withdrawn AS (
       UPDATE swap_request SET state = 'withdrawn', decided_by = $3, decided_at = tocsin_now()
        WHERE state = 'open' AND (requested_by = ANY ($1) OR requested_of = ANY ($1) OR schedule = ANY ($2)))
     ${auditInsert({
       actor: '$3',
       action: "'override.cancel'",
       subject: "'schedule/' || schedule",
       data: "jsonb_build_object('id', id, 'person', person, 'because', 'this person answers no incidents any more')",
       from: 'FROM ended',
     })}`,
    [gone, schedules, author],
  );
}

const ROLES: readonly Role[] = ['admin', 'manager', 'responder', 'stakeholder'];

const personRow = ({ email, displayName, role, timezone }: PersonSpec) => ({
  email,
  display_name: displayName,
  role,
  timezone,
  answers: mayAnswer(role),
});
