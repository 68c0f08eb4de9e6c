/**
 * Erases a deleted person: overwrites or deletes all names and addresses in one transaction, under the configuration
 * lock. Events and audit log are append-only and keep the short name; pages show a pseudonym for it
 * (docs/security.md, Erasing a person).
 */
import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { Actor } from '../../domain/incident/state.js';
import { erasedName, erasureObstacles } from '../../domain/people/erasure.js';
import { CONFIG_STAMP, type ConfigSnapshots } from '../config/config-snapshot.js';
import { liveDataChanged } from '../config/live-data.js';
import { readOpenWork } from '../config/open-work.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Querying } from '../connection/querying.js';
import { writeAudit } from '../audit/write-audit.js';

export interface ErasablePerson {
  name: string;
  displayName: string;
  /** ISO 8601; null: not yet erased. */
  erasedAt: string | null;
  /** Reasons why an erasure is refused now. */
  obstacles: string[];
}

export type Erasure =
  { kind: 'erased'; displayName: string } | { kind: 'refused'; obstacles: string[] } | { kind: 'not_found' };

/** Each with `$1`, the person's name. The order matters: a referring row is deleted before the row it refers to. */
const DELETED = [
  'session WHERE person = $1',
  'setup_link WHERE person = $1',
  'link_nonce WHERE link_hash IN (SELECT hash FROM link_token WHERE person = $1)',
  'link_token WHERE person = $1',
  'calendar_feed WHERE person = $1 OR owner = $1',
  'contact_check WHERE contact_id IN (SELECT id FROM contact WHERE person = $1)',
  'contact_message WHERE person = $1',
  'contact_status WHERE person = $1',
  'contact WHERE person = $1',
  'person_preference WHERE person = $1',
  'mailbox_message WHERE person = $1',
];

/** Replaces an address. */
const GONE = 'erased';

/** Each with `$1`, the person's name. */
const OVERWRITTEN = [
  `UPDATE provider_callback SET error = NULL, body_start = NULL
    WHERE delivery_id IN (SELECT id FROM delivery WHERE person = $1)`,
  `UPDATE delivery_attempt SET error = '${GONE}'
    WHERE error IS NOT NULL AND delivery_id IN (SELECT id FROM delivery WHERE person = $1)`,
  // A delivery still to be sent has no address left.
  `UPDATE delivery SET address = '${GONE}', provider_id = NULL, due_at = NULL, confirm_by = NULL,
      state = CASE WHEN state = 'planned' THEN 'suppressed' ELSE state END,
      reason = CASE WHEN state IN ('planned', 'sending') OR due_at IS NOT NULL THEN 'the person was erased' ELSE reason END
    WHERE person = $1`,
  `UPDATE inbound_reply SET sender = '${GONE}', body = '', answer = NULL WHERE person = $1`,
];

/**
 * Matches whole addresses of at least four characters: a topic of one letter occurs in every text, and identifies no person.
 */
const holdsAddress = (column: string): string =>
  `EXISTS (SELECT 1 FROM unnest($1::text[]) a WHERE length(a) >= 4
     AND ${column} ~ ('(^|[^[:alnum:]_])' || regexp_replace(a, '([^[:alnum:]])', '\\\\\\1', 'g') || '($|[^[:alnum:]_])'))`;

/** Each with `$1`, all addresses of the person, also form-encoded: rows that contain an address and name no person. */
const HOLDING_AN_ADDRESS = [
  `DELETE FROM sending_rate WHERE ${holdsAddress('scope')}`,
  `UPDATE provider_callback SET body_start = NULL WHERE ${holdsAddress('body_start')}`,
  `UPDATE inbound_reply SET sender = '${GONE}', body = '', answer = NULL WHERE person IS NULL AND sender = ANY ($1::text[])`,
];

const ADDRESSES = `
  SELECT DISTINCT address FROM (
    SELECT address FROM contact WHERE person = $1
    UNION ALL SELECT address FROM contact_message WHERE person = $1
    UNION ALL SELECT address FROM delivery WHERE person = $1
    UNION ALL SELECT email FROM person WHERE name = $1
    UNION ALL SELECT spec->>'email' FROM config_object WHERE kind = 'Person' AND name = $1
    UNION ALL SELECT c->>'address' FROM config_object, jsonb_array_elements(
        CASE WHEN jsonb_typeof(spec->'contacts') = 'array' THEN spec->'contacts' ELSE '[]' END) c
      WHERE kind = 'Person' AND name = $1) a
   -- A mailbox address is the person's short name, which also occurs in rows of others.
   WHERE address <> $1 AND address <> '${GONE}'`;

export class PersonErasure {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** People who can be erased: all deleted people, with their current display names. */
  async deleted(): Promise<Omit<ErasablePerson, 'obstacles'>[]> {
    const rows: { name: string; displayName: string; erased_at: Date | null }[] = await this.dataSource.query(
      `SELECT name, display_name AS "displayName", erased_at FROM person WHERE NOT active ORDER BY display_name, name`,
    );
    return rows.map(({ erased_at, ...row }) => ({ ...row, erasedAt: erased_at?.toISOString() ?? null }));
  }

  /** Null when no person has or had this name. */
  async look(name: string): Promise<ErasablePerson | null> {
    const db = this.dataSource.manager;
    return this.read(db, name, await this.snapshots.latest(db));
  }

  /** Repeatable: a second erasure also removes what was stored since the first. */
  erase(name: string, actor: Actor): Promise<Erasure> {
    return retryingTransaction(this.dataSource, async (tx): Promise<Erasure> => {
      const rows: { stamp: string }[] = await tx.query(
        `SELECT ${CONFIG_STAMP} AS stamp FROM config_head FOR UPDATE`,
      );
      const person = await this.read(tx, name, await this.snapshots.at(tx, Number(rows[0]?.stamp ?? 0)));
      if (person === null) return { kind: 'not_found' };
      if (person.obstacles.length > 0) return { kind: 'refused', obstacles: person.obstacles };
      const displayName = person.erasedAt === null ? await freeName(tx) : person.displayName;
      const known: { address: string }[] = await tx.query(ADDRESSES, [name]);
      const addresses = known.flatMap(({ address }) => [address, encodeURIComponent(address)]);
      for (const statement of HOLDING_AN_ADDRESS) await tx.query(statement, [addresses]);
      for (const table of DELETED) await tx.query(`DELETE FROM ${table}`, [name]);
      for (const statement of OVERWRITTEN) await tx.query(statement, [name]);
      await eraseDocument(tx, name, displayName);
      await tx.query(
        `UPDATE person SET display_name = $2, email = $3, timezone = 'UTC', last_seen_at = NULL,
           erased_at = coalesce(erased_at, tocsin_now()) WHERE name = $1`,
        [name, displayName, addressOf(displayName)],
      );
      await writeAudit(tx, {
        actor,
        action: 'person.erase',
        subject: `person/${name}`,
        data: { shownAs: displayName },
      });
      await liveDataChanged(tx);
      return { kind: 'erased', displayName };
    });
  }

  private async read(
    db: Querying,
    name: string,
    snapshot: Parameters<typeof erasureObstacles>[0]['snapshot'],
  ): Promise<ErasablePerson | null> {
    const rows: { displayName: string; erased_at: Date | null; now: Date }[] = await db.query(
      'SELECT display_name AS "displayName", erased_at, tocsin_now() AS now FROM person WHERE name = $1',
      [name],
    );
    const row = rows[0];
    if (row === undefined) return null;
    const now = row.now.toISOString();
    return {
      name,
      displayName: row.displayName,
      erasedAt: row.erased_at?.toISOString() ?? null,
      obstacles: erasureObstacles({ name, snapshot, open: await readOpenWork(db), now }),
    };
  }
}

/** The names among `names` whose person was erased. */
export async function erasedAmong(db: Querying, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const rows: { name: string }[] = await db.query(
    'SELECT name FROM person WHERE name = ANY ($1) AND erased_at IS NOT NULL',
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}

const addressOf = (displayName: string): string => `${displayName.replaceAll(' ', '-')}@erased.invalid`;

async function freeName(tx: EntityManager): Promise<string> {
  for (;;) {
    const name = erasedName(randomBytes(2).toString('hex'));
    const taken: unknown[] = await tx.query('SELECT 1 FROM person WHERE display_name = $1', [name]);
    if (taken.length === 0) return name;
  }
}

/** Overwrites names and addresses in every revision; the history keeps its length and its authors. */
async function eraseDocument(tx: EntityManager, name: string, displayName: string): Promise<void> {
  const spec: Omit<PersonSpec, 'role'> = {
    displayName,
    email: addressOf(displayName),
    timezone: 'UTC',
    contacts: [],
    rules: { high: [], low: [] },
  };
  await tx.query(
    `UPDATE config_object SET spec = $2::jsonb || jsonb_build_object('role', spec->'role')
      WHERE kind = 'Person' AND name = $1 AND jsonb_typeof(spec) = 'object'`,
    [name, JSON.stringify(spec)],
  );
}
