/**
 * A source that opens incidents as fast as it can, a leaked key or a world that is down, is folded: every alert still counts and is on
 * an incident, but not every one pages by itself. Each service has a storm incident of its own, so that no team goes unpaged.
 */

/** How far back new incidents are counted. */
export const STORM_WINDOW_MINUTES = 10;
/** New incidents of one source for one service within the window before the rest is folded, unless its document says `stormAfter`. */
export const STORM_AFTER = 50;
/** A source with many services has so many times as much for all of them. */
const SERVICES_AT_ONCE = 4;

/** Of new incidents within the window. */
export interface Openings {
  ofService: number;
  ofSource: number;
}

/** Why the next new incident is folded, or null when it stands for itself. */
export function stormReason(source: string, { ofService, ofSource }: Openings, after: number): string | null {
  const within = `within ${STORM_WINDOW_MINUTES} minutes`;
  if (ofService >= after)
    return `source ${source} opened ${ofService} incidents of this service ${within}; further ones are folded into one`;
  if (ofSource >= after * SERVICES_AT_ONCE)
    return `source ${source} opened ${ofSource} incidents ${within}; further ones of this service are folded into one`;
  return null;
}

/** Worth counting exactly: until then nobody waits for anybody. */
export const isNearStorm = ({ ofService, ofSource }: Openings, after: number): boolean =>
  ofService >= after / 2 || ofSource >= (after * SERVICES_AT_ONCE) / 2;

export const stormTitle = (source: string, title: string): string =>
  `Storm of alerts from ${source}, the first folded: ${title}`;
