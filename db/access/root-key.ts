/**
 * Changes the root key: a process that starts with another key than the one stored last reseals the secrets (readable
 * while `TOCSIN_SECRET_KEY_PREVIOUS` names the previous key) and gives messages of open incidents links under the new
 * key. Links under the previous key work as long as it is named there.
 */
import type { DataSource } from 'typeorm';
import { keyId, linkHash, linkToken, type RootKeys } from '../../shared/keys.js';
import { resealed } from '../../shared/sealed.js';
import { sealDocuments } from '../config/document-secrets.js';
import { writeAudit } from '../audit/write-audit.js';
import type { Querying } from '../connection/querying.js';

export interface Adopted {
  isNew: boolean;
  resealed: number;
  /** Owners of secrets that no key opens any more. */
  unreadable: string[];
}

const AT_ONCE = 5_000;

export function adoptRootKey(dataSource: DataSource, keys: RootKeys): Promise<Adopted> {
  return dataSource.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('root-key', 0))`);
    const rows: { id: Buffer }[] = await tx.query('SELECT id FROM root_key ORDER BY since DESC LIMIT 1');
    const id = keyId(keys[0]);
    const before = rows[0]?.id;
    // Also seals what an earlier release stored in clear.
    const documents = await sealDocuments(tx, keys);
    if (before?.equals(id) === true) return { isNew: false, ...documents };
    await renewLinks(tx, keys[0]);
    const own = await resealContacts(tx, keys);
    const contacts = {
      resealed: own.resealed + documents.resealed,
      unreadable: [...own.unreadable, ...documents.unreadable],
    };
    await tx.query(
      'INSERT INTO root_key (id, since) VALUES ($1, tocsin_now()) ON CONFLICT (id) DO UPDATE SET since = EXCLUDED.since',
      [id],
    );
    if (before !== undefined)
      await writeAudit(tx, {
        actor: 'system',
        action: 'root_key.change',
        subject: id.toString('hex'),
        data: contacts,
      });
    return { isNew: true, ...contacts };
  });
}

/** A message that is still to be sent, or is updated in place, contains a link derived from the new key. */
async function renewLinks(tx: Querying, key: Buffer): Promise<void> {
  const rows: { id: string; key: string }[] = await tx.query(
    `SELECT d.id, d.key FROM delivery d JOIN incident i ON i.id = d.incident_id
      WHERE i.status <> 'closed' AND d.type NOT IN ('page.updated', 'incident.event')`,
  );
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const links = rows
      .slice(at, at + AT_ONCE)
      .map((row) => ({ id: row.id, hash: linkHash(key, linkToken(key, row.key)).toString('hex') }));
    await tx.query(
      `INSERT INTO link_token (hash, kind, incident_id, person, subject, created_at)
       SELECT decode(l.hash, 'hex'), split_part(d.type, '.', 1), d.incident_id, d.person,
              d.subject || jsonb_build_object('delivery', d.id), d.created_at
         FROM jsonb_to_recordset($1::jsonb) AS l (id uuid, hash text) JOIN delivery d ON d.id = l.id
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(links)],
    );
  }
}

async function resealContacts(
  tx: Querying,
  keys: RootKeys,
): Promise<{ resealed: number; unreadable: string[] }> {
  const unreadable: string[] = [];
  let count = 0;
  const rows: { id: string; owner: string; secret: Buffer }[] = await tx.query(
    `SELECT id, person || '/' || name AS owner, secret FROM contact WHERE secret IS NOT NULL AND removed_at IS NULL FOR UPDATE`,
  );
  for (const { id, owner, secret } of rows) {
    const again = resealed(keys, owner, secret);
    if (again === null) unreadable.push(owner);
    else {
      await tx.query('UPDATE contact SET secret = $2 WHERE id = $1', [id, again]);
      count += 1;
    }
  }
  return { resealed: count, unreadable };
}

/** For a starting process: adopts the key and logs the result. */
export async function adoptRootKeyAndLog(
  dataSource: DataSource,
  keys: RootKeys,
  log: { info(data: object, text: string): void; warn(data: object, text: string): void },
): Promise<void> {
  const { isNew, unreadable, ...done } = await adoptRootKey(dataSource, keys);
  if (isNew) log.info(done, 'this root key is used from now on');
  if (unreadable.length > 0)
    log.warn(
      { unreadable },
      'no root key opens the signing secrets of these: name the key before in TOCSIN_SECRET_KEY_PREVIOUS, or give them anew',
    );
}
