/** Responses to a reply that names no page which its sender may answer. Pure. */

export const NOT_SENT_HERE =
  'That message was not sent to this address. Answer a page of your own, or open the incident in Tocsin.';

/** An approval or a review must be read before it is answered. */
export const OPEN_THE_LINK = 'Open the link in that message to answer it.';

export const NOTHING_OPEN = 'Nothing is open that you were paged for.';

export const noneOpen = (service: string | null): string =>
  `No open incident${service === null ? '' : ` of ${service}`} that you were paged for.`;

/** The same for an incident that does not exist and for one that this person must not learn about. */
export const notYours = (named: string): string =>
  `There is no incident ${named.slice(0, 40)} that you may answer.`;

export const onlyItsMail = (numbers: readonly string[]): string =>
  `An answer by mail counts for what its mail was about: ${numbers.join(', ')}.`;
