/**
 * Cross-site request forgery: the session cookie authorises a change only when a page of this installation sent it
 * (docs/security.md S11).
 */
export interface SiteHeaders {
  origin?: string | undefined;
  host?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * True for a form that a browser reports as sent from another site. Checked on pages without a session, where a foreign page
 * could sign a person in as another. A request without these headers comes from no browser and is let through.
 */
export function isForeign(headers: SiteHeaders, publicUrl: string): boolean {
  const { origin } = headers;
  const says = headers['sec-fetch-site'] !== undefined || origin !== undefined;
  return says && !isSameSite(headers, publicUrl);
}

/** Browsers that send `Sec-Fetch-Site` report it; others send `Origin`. A request with neither header is not from our pages. */
export function isSameSite(headers: SiteHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return origin === publicUrl || (host !== undefined && new URL(origin).host === host);
}
