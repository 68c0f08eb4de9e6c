/** Cross-site request forgery: a cookie counts for a change only when our own pages sent it (security.md S11). */
export interface SiteHeaders {
  origin?: string | undefined;
  host?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/** Browsers that send `Sec-Fetch-Site` say it themselves; others name their `Origin`. Neither: not from our pages. */
export function isSameSite(headers: SiteHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return origin === publicUrl || (host !== undefined && new URL(origin).host === host);
}
