/** Reads leased codes, test pages, sign-in links and notices with everything that their messages need. */
import type { DataSource } from 'typeorm';
import type { LeasedContactMessage } from '../../domain/delivery/contact-message.js';
import { reachToken, type RootKeys, signInToken, webhookSecret } from '../../shared/keys.js';
import { unseal } from '../../shared/sealed.js';
import { openedContactSecret } from '../config/document-secrets.js';

interface Row {
  id: string;
  key: string;
  kind: 'code' | 'test' | 'sign-in' | 'notice';
  notice: { title: string; text: string } | null;
  person: string;
  person_name: string;
  contact: string;
  channel: string;
  address: string;
  requested_by: string;
  code: Buffer | null;
  attempts: number;
  doubtful: boolean;
  lease: string;
  own_secret: Buffer | null;
  document_secret: string | null;
}

/** In the order of the leases. */
export async function leasedContactMessages(
  dataSource: DataSource,
  rootKeys: RootKeys,
  leases: readonly string[],
): Promise<LeasedContactMessage[]> {
  if (leases.length === 0) return [];
  const rows: Row[] = await dataSource.query(SELECT, [leases]);
  return rows.map((row) => toLeased(row, rootKeys));
}

const SELECT = `SELECT t.*, coalesce(p.display_name, t.person) AS person_name,
        (SELECT c.secret FROM contact c WHERE c.person = t.person AND c.name = t.contact AND c.address = t.address
            AND c.removed_at IS NULL) AS own_secret,
        (SELECT d->>'secret' FROM config_object o, jsonb_array_elements(o.spec->'contacts') d
          WHERE o.kind = 'Person' AND o.name = t.person AND d->>'name' = t.contact ORDER BY o.revision DESC LIMIT 1)
          AS document_secret
   FROM contact_message t LEFT JOIN person p ON p.name = t.person
  WHERE t.lease = ANY ($1::uuid[]) AND t.state = 'sending' ORDER BY array_position($1::uuid[], t.lease)`;

function toLeased(row: Row, rootKeys: RootKeys): LeasedContactMessage {
  const { id, key, lease, person, contact, channel, address } = row;
  const owner = `${person}/${contact}`;
  const own = row.own_secret === null ? null : unseal(rootKeys, owner, row.own_secret);
  return {
    id,
    key,
    lease,
    person,
    contact,
    channel,
    address,
    personName: row.person_name,
    requestedBy: row.requested_by,
    attempt: row.attempts,
    possibleDuplicate: row.doubtful,
    secret:
      own ??
      openedContactSecret(rootKeys, row, row.document_secret) ??
      webhookSecret(rootKeys[0], person, contact),
    ...(row.kind === 'test'
      ? { kind: 'test', link: reachToken(rootKeys[0], key) }
      : row.kind === 'sign-in'
        ? { kind: 'sign-in', link: signInToken(rootKeys[0], key) }
        : row.kind === 'notice'
          ? { kind: 'notice', title: row.notice?.title ?? '', text: row.notice?.text ?? '' }
          : { kind: 'code', code: row.code === null ? null : unseal(rootKeys, key, row.code) }),
  };
}
