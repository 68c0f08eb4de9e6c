/** Session cookie. `__Host-` binds it to this host and to https; browsers would refuse it over plain http. */
import type { Config } from '../../config/environment.js';

export const isHttps = (config: Pick<Config, 'publicUrl'>): boolean => config.publicUrl.startsWith('https:');

export const cookieName = (config: Pick<Config, 'publicUrl'>): string =>
  isHttps(config) ? '__Host-tocsin' : 'tocsin_session';

/** Opaque tokens only: 43 characters of base64url. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value)) return value;
  }
  return null;
}

/** The `Set-Cookie` value that signs in; null signs out. */
export function sessionCookie(
  config: Pick<Config, 'publicUrl' | 'sessionLifeMs'>,
  token: string | null,
): string {
  const secure = isHttps(config) ? '; Secure' : '';
  return `${cookieName(config)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${token === null ? 0 : Math.floor(config.sessionLifeMs / 1000)}${secure}`;
}
