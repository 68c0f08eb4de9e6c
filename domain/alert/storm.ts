/**
 * Folds the alerts of a source that opens incidents very fast, because of a leaked key or a large outage: every alert still
 * counts and belongs to an incident, but not each one pages. Each service has a storm incident of its own, so that every team is
 * paged.
 */

/** Window in which new incidents are counted. */
export const STORM_WINDOW_MINUTES = 10;
/**
 * New incidents of one source and service within the window before folding begins, unless the source's document sets
 * `stormAfter`.
 */
export const STORM_AFTER = 50;
/** Multiple of the limit that applies to all services of a source together. */
const SERVICES_AT_ONCE = 4;

/** New incidents within the window. */
export interface Openings {
  ofService: number;
  ofSource: number;
}

/** Reason for folding the next new incident, or null when it stays separate. */
export function stormReason(source: string, { ofService, ofSource }: Openings, after: number): string | null {
  const within = `within ${STORM_WINDOW_MINUTES} minutes`;
  if (ofService >= after)
    return `source ${source} opened ${ofService} incidents of this service ${within}; further ones are folded into one`;
  if (ofSource >= after * SERVICES_AT_ONCE)
    return `source ${source} opened ${ofSource} incidents ${within}; further ones of this service are folded into one`;
  return null;
}

/** True near the limit, where an exact count under a lock is needed; below it openings do not serialise. */
export const isNearStorm = ({ ofService, ofSource }: Openings, after: number): boolean =>
  ofService >= after / 2 || ofSource >= (after * SERVICES_AT_ONCE) / 2;

export const stormTitle = (source: string, title: string): string =>
  `Storm of alerts from ${source}, the first folded: ${title}`;
