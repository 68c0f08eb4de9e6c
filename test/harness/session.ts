/** A person's browser session, reduced to headers. */
import { z } from 'zod';
import type { Api } from './api.js';

const Link = z.looseObject({ url: z.string() });

/** Signs in through a one-time link and returns the session's `cookie` header. */
export async function signIn(api: Api, person: string): Promise<string> {
  const { url } = await api.ask(Link, 'POST', '/api/v1/sign-in-links', { person });
  const response = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams() });
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  if (response.status !== 303 || cookie === '')
    throw new Error(`signing ${person} in answered ${response.status} without a cookie`);
  return cookie;
}
