/**
 * The digest of a team: one review of its small incidents together (docs/domain.md, Post-mortem gate). Pure rules of when a digest
 * is opened, what is on its list, and when it is reminded of.
 */
import type { IncidentState } from '../incident/state.js';
import { REMIND_EVERY_MS } from '../incident/deadline.js';

/** A digest is opened when so many incidents of a team wait, or when the first of them has waited for so long. */
const DIGEST_AT = 20;
const DIGEST_AFTER_MS = 7 * 86_400_000;

/** What waits beyond this is on the list of the next digest. */
export const DIGEST_MOST = 200;

/** Business days of the team's calendar from the opening, and from a change of reviewer. */
export const DIGEST_DUE = '5bd';
export const DIGEST_SHORTEST_REVIEW = '1bd';

/** Characters of the sentence with which a digest is approved, and of the reason for pulling an incident out. */
export const DIGEST_TEXT_LIMIT = 500;

export interface WaitingForDigest {
  incidents: number;
  /** Resolution of the incident that has waited longest. */
  since: string;
}

/** When these incidents are put on a list, if no more come: `null` for at once. */
export const digestOpensAt = ({ incidents, since }: WaitingForDigest): string | null =>
  incidents >= DIGEST_AT ? null : new Date(Date.parse(since) + DIGEST_AFTER_MS).toISOString();

export function isDigestDue(waiting: WaitingForDigest, now: string): boolean {
  if (waiting.incidents === 0) return false;
  const opensAt = digestOpensAt(waiting);
  return opensAt === null || Date.parse(opensAt) <= Date.parse(now);
}

export type DigestIncident = Pick<
  IncidentState,
  'number' | 'status' | 'postmortem' | 'resolvedAt' | 'priority' | 'mergedInto' | 'drill'
>;

/** Waits for the digest of its team. */
export const awaitsDigest = ({
  status,
  postmortem,
}: Pick<DigestIncident, 'status' | 'postmortem'>): boolean =>
  status === 'resolved' && postmortem.kind === 'digest';

/**
 * Why an incident is no longer what the list shows; null while it is. `resolvedAt`: of the resolution that the list shows: an
 * incident that reopened and ended again is another item.
 */
export function leftDigest(incident: DigestIncident, resolvedAt: string): string | null {
  const { number, status, postmortem, priority, mergedInto } = incident;
  if (mergedInto !== null) return `${number} was merged into another incident`;
  if (status === 'triggered' || status === 'acknowledged') return `${number} was reopened and is ${status}`;
  if (status === 'closed')
    return postmortem.status === 'waived' ? `${number} was waived` : `${number} is closed already`;
  if (postmortem.kind !== 'digest') return `${number} (${priority}) has a post-mortem of its own now`;
  return Date.parse(incident.resolvedAt ?? '') === Date.parse(resolvedAt)
    ? null
    : `${number} was reopened and has been resolved again`;
}

/** Time of the next reminder. */
export const nextDigestReminder = (due: string, reminders: number): string =>
  new Date(Date.parse(due) + reminders * REMIND_EVERY_MS).toISOString();

export const digestName = (number: number | string): string => `D-${number}`;

export const numberOfDigest = (name: string): number | null => {
  const digits = /^D-([1-9]\d{0,14})$/i.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
};
