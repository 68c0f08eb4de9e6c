/** A digest for scripts and pages: its list with the facts from the record, its reviewer, and what became of each incident. */
import { isPerson } from '../../domain/incident/holder.js';
import type { Priority } from '../../domain/config/terms.js';
import type { IncidentState, IncidentStatus } from '../../domain/incident/state.js';
import { digestName, leftDigest } from '../../domain/postmortem/digest.js';
import { workedOn } from '../../domain/postmortem/worked-on.js';
import type { Querying } from '../connection/querying.js';
import {
  type DigestItemState,
  type DigestStatus,
  findDigest,
  readItems,
  type StoredItem,
} from './digest-rows.js';

export interface DigestItem {
  /** Number on the list. */
  n: number;
  number: string;
  title: string;
  service: string | null;
  priority: Priority;
  status: IncidentStatus;
  openedAt: string;
  resolvedAt: string;
  minutes: number;
  alerts: number;
  /** How it ended, as a sentence without names of people: `endedBy` is the person. */
  ended: 'by itself' | 'after a quiet time' | 'by a person' | 'by a program';
  endedBy: string | null;
  /** People whom a page reached a provider for, and when first. */
  woken: { person: string; at: string }[];
  workedBy: string[];
  state: DigestItemState;
  reason: string | null;
}

export interface DigestReply {
  id: string;
  team: string;
  status: DigestStatus;
  openedAt: string;
  due: string;
  isOverdue: boolean;
  reviewer: string | null;
  /** Why this person, or why nobody. */
  because: string;
  isEscalated: boolean;
  reminders: number;
  sentence: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  /** Number of the last incident on the list; a decision names it. */
  upTo: number;
  items: DigestItem[];
}

export async function getDigest(db: Querying, name: string, now: string): Promise<DigestReply | null> {
  const digest = await findDigest(db, name);
  if (digest === null) return null;
  const stored = await readItems(db, digest.id);
  const woken = await readWoken(
    db,
    stored.map(({ incidentId }) => incidentId),
  );
  const due = digest.due.toISOString();
  const isOpen = digest.status === 'open' || digest.status === 'approving';
  return {
    id: digestName(digest.id),
    team: digest.team,
    status: digest.status,
    openedAt: digest.openedAt.toISOString(),
    due,
    isOverdue: isOpen && due < now,
    reviewer: digest.reviewer,
    because: digest.because,
    isEscalated: digest.escalated,
    reminders: digest.reminders,
    sentence: digest.sentence,
    decidedBy: digest.decidedBy,
    decidedAt: digest.decidedAt?.toISOString() ?? null,
    upTo: Math.max(0, ...stored.map(({ n }) => n)),
    items: stored.map((item) => shown(item, woken.get(item.incidentId) ?? [])),
  };
}

function shown(
  { n, incident, resolvedAt, state, reason }: StoredItem,
  woken: DigestItem['woken'],
): DigestItem {
  const { number, title, service, priority, status, createdAt, alertsTotal } = incident;
  const resolved = resolvedAt.toISOString();
  // What left since the last sweep is shown as left already.
  const left = state === 'listed' ? leftDigest(incident, resolved) : null;
  return {
    n,
    number,
    title,
    service,
    priority,
    status,
    openedAt: createdAt,
    resolvedAt: resolved,
    minutes: Math.max(0, Math.round((resolvedAt.getTime() - Date.parse(createdAt)) / 60_000)),
    alerts: alertsTotal,
    ...endOf(incident),
    woken,
    workedBy: workedOn(incident),
    state: left === null ? state : 'left_out',
    reason: left ?? reason,
  };
}

function endOf({ resolvedBy }: IncidentState): Pick<DigestItem, 'ended' | 'endedBy'> {
  if (resolvedBy === 'tocsin') return { ended: 'after a quiet time', endedBy: null };
  if (resolvedBy === null || resolvedBy.startsWith('source:')) return { ended: 'by itself', endedBy: null };
  return isPerson(resolvedBy)
    ? { ended: 'by a person', endedBy: resolvedBy }
    : { ended: 'by a program', endedBy: null };
}

async function readWoken(
  db: Querying,
  incidents: readonly string[],
): Promise<ReadonlyMap<string, DigestItem['woken']>> {
  if (incidents.length === 0) return new Map();
  const rows: { incident: string; person: string; at: Date }[] = await db.query(
    `SELECT d.incident_id AS incident, d.person, min(coalesce(a.finished_at, a.at)) AS at
       FROM delivery d
       JOIN delivery s ON s.id = CASE WHEN d.sent_in_bundle THEN d.bundle ELSE d.id END
       JOIN delivery_attempt a ON a.delivery_id = s.id AND a.outcome = 'accepted'
      WHERE d.incident_id = ANY ($1::uuid[]) AND d.type = 'page.requested'
      GROUP BY d.incident_id, d.person ORDER BY min(coalesce(a.finished_at, a.at)), d.person`,
    [incidents],
  );
  const woken = new Map<string, DigestItem['woken']>();
  for (const { incident, person, at } of rows)
    woken.set(incident, [...(woken.get(incident) ?? []), { person, at: at.toISOString() }]);
  return woken;
}
