/** Cross-site request forgery: a cookie counts for a change only when our own pages sent it (security.md S11). */
export interface SiteHeaders {
  origin?: string | undefined;
  host?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * A form that a browser says was sent from elsewhere. For pages that nobody is signed in to yet, where a foreign page could
 * sign somebody in as another; what no browser sent says neither and is let through.
 */
export function isForeign(headers: SiteHeaders, publicUrl: string): boolean {
  const { origin } = headers;
  const says = headers['sec-fetch-site'] !== undefined || origin !== undefined;
  return says && !isSameSite(headers, publicUrl);
}

/** Browsers that send `Sec-Fetch-Site` say it themselves; others name their `Origin`. Neither: not from our pages. */
export function isSameSite(headers: SiteHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return origin === publicUrl || (host !== undefined && new URL(origin).host === host);
}
