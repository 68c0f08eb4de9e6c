import { describe, expect, it } from '@jest/globals';
import { cookieName, readCookie, sessionCookie } from './cookies.js';

const token = 'A'.repeat(43);

describe('the session cookie', () => {
  it('is bound to the host over https', () => {
    const config = { publicUrl: 'https://tocsin.example.com', sessionLifeMs: 604_800_000 };
    expect(cookieName(config)).toBe('__Host-tocsin');
    expect(sessionCookie(config, token)).toBe(
      `__Host-tocsin=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure`,
    );
  });

  it('works over plain http, and is cleared with an age of 0', () => {
    const config = { publicUrl: 'http://localhost:3000', sessionLifeMs: 604_800_000 };
    expect(sessionCookie(config, null)).toBe('tocsin_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
  });

  it('is found among others, and only when it looks like one', () => {
    expect(readCookie(`a=b; tocsin_session=${token}; c=d`, 'tocsin_session')).toBe(token);
    expect(readCookie(`tocsin_session=short`, 'tocsin_session')).toBeNull();
    expect(readCookie(undefined, 'tocsin_session')).toBeNull();
  });
});
