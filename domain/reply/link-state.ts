/** Remaining effect of a link: whether it still decides something. Pure. */
import { isOpenIncident } from '../incident/is-open.js';
import type { IncidentState } from '../incident/state.js';

/** A link as far as its validity depends on it. */
export interface LinkState {
  person: { displayName: string; active: boolean };
  incident: Pick<IncidentState, 'number' | 'mergedInto'>;
  revokedAt: string | null;
  expiresAt: string | null;
  /** Database time. */
  now: string;
  subject?: Record<string, unknown>;
}

/** Name of the digest that a link is about; null for a link about its incident. */
export const digestOfLink = ({ subject = {} }: Pick<LinkState, 'subject'>): string | null =>
  typeof subject['digest'] === 'string' ? subject['digest'] : null;

export interface LinkProblem {
  title: string;
  detail: string;
}

const isExpired = ({ expiresAt, now }: Pick<LinkState, 'expiresAt' | 'now'>): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now);

/** The link shows and decides nothing any more. */
export const hasEnded = (link: Pick<LinkState, 'revokedAt' | 'expiresAt' | 'now'>): boolean =>
  link.revokedAt !== null || isExpired(link);

/** Why a known link decides nothing any more; null while it does. */
export function deadLink(link: LinkState): LinkProblem | null {
  const { person, incident } = link;
  if (link.revokedAt !== null)
    return {
      title: 'This link was revoked.',
      detail: 'What it asked for is decided, or a newer link replaces it. Nothing can be decided here.',
    };
  if (!person.active)
    return {
      title: `${person.displayName} is no longer active here.`,
      detail: 'Nothing can be decided with this link.',
    };
  if (isExpired(link))
    return { title: 'This link has expired.', detail: `It was valid until ${link.expiresAt}.` };
  if (incident.mergedInto !== null && digestOfLink(link) === null)
    return {
      title: `${incident.number} was merged into another incident.`,
      detail: 'Act on the other incident.',
    };
  return null;
}

/**
 * Why an approval link decides nothing although its approval is pending; null while it does. A late tap must not approve a step
 * after the incident is over; the step can still be answered on the incident's page.
 */
export const approvalOver = ({
  number,
  status,
}: Pick<IncidentState, 'number' | 'status'>): LinkProblem | null =>
  !isOpenIncident({ status })
    ? {
        title: `${number} is ${status}`,
        detail:
          'This link can no longer approve or reject. To answer the step, use the page of the incident.',
      }
    : null;
