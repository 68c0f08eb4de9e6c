/** Rows of digests, read under the lock of the digest or for a view. */
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { leftDigest, numberOfDigest } from '../../domain/postmortem/digest.js';
import type { DigestPeople } from '../../domain/postmortem/digest-reviewer.js';
import { workedOn } from '../../domain/postmortem/worked-on.js';
import type { Querying } from '../connection/querying.js';

export type DigestStatus = 'open' | 'approving' | 'approved' | 'empty';
export type DigestItemState = 'listed' | 'approved' | 'pulled_out' | 'left_out';

export interface StoredDigest {
  /** The number in its name. */
  id: string;
  team: string;
  status: DigestStatus;
  openedAt: Date;
  due: Date;
  reviewer: string | null;
  because: string;
  escalated: boolean;
  requests: number;
  reminders: number;
  sentence: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  upTo: number | null;
  endedAt: Date | null;
}

export interface StoredItem {
  incidentId: string;
  n: number;
  resolvedAt: Date;
  state: DigestItemState;
  reason: string | null;
  incident: IncidentState;
  stakeholders: IncidentResponse['stakeholders'] | null;
}

const COLUMNS = `id, team, status, opened_at AS "openedAt", due, reviewer, because, escalated, requests, reminders,
  sentence, decided_by AS "decidedBy", decided_at AS "decidedAt", up_to AS "upTo", ended_at AS "endedAt"`;

/** By its name, such as `D-3`; null for any other text. */
export async function findDigest(db: Querying, name: string): Promise<StoredDigest | null> {
  const id = numberOfDigest(name);
  if (id === null) return null;
  const rows: StoredDigest[] = await db.query(`SELECT ${COLUMNS} FROM digest WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** Whoever decides about a digest, or changes its list, does it under this lock. */
export async function lockDigest(tx: Querying, id: string): Promise<StoredDigest | null> {
  const rows: StoredDigest[] = await tx.query(`SELECT ${COLUMNS} FROM digest WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0] ?? null;
}

/** The open digest of a team, locked. */
export async function lockOpenDigest(tx: Querying, team: string): Promise<StoredDigest | null> {
  const rows: StoredDigest[] = await tx.query(
    `SELECT ${COLUMNS} FROM digest WHERE team = $1 AND status IN ('open', 'approving') FOR UPDATE`,
    [team],
  );
  return rows[0] ?? null;
}

/** In the order of the list, with the incidents as they are now. */
export function readItems(db: Querying, digestId: string): Promise<StoredItem[]> {
  return db.query(
    `SELECT d.incident_id AS "incidentId", d.n, d.resolved_at AS "resolvedAt", d.state, d.reason, i.state AS incident,
            i.response->'stakeholders' AS stakeholders
       FROM digest_item d JOIN incident i ON i.id = d.incident_id WHERE d.digest_id = $1 ORDER BY d.n`,
    [digestId],
  );
}

/** Still on the list, and what the list shows. */
export const isLive = ({ state, incident, resolvedAt }: StoredItem): boolean =>
  state === 'listed' && leftDigest(incident, resolvedAt.toISOString()) === null;

/** The people among whom a reviewer is chosen, as the list stands. */
export async function peopleOfDigest(
  db: Querying,
  team: string,
  live: readonly StoredItem[],
): Promise<DigestPeople> {
  const earlier: { person: string }[] = await db.query(
    `SELECT decided_by AS person FROM digest WHERE team = $1 AND status = 'approved' ORDER BY id DESC LIMIT 20`,
    [team],
  );
  return {
    team,
    stakeholders: [...new Set(live.flatMap(({ stakeholders }) => stakeholders ?? []))],
    workedBy: live.map(({ incident }) => workedOn(incident)),
    earlier: [...new Set(earlier.map(({ person }) => person))],
  };
}
