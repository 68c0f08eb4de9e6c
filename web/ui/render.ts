/**
 * Components → one HTML document with its headers. The renderer is loaded with the first page: a process that only receives
 * alerts does not load it.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { ReactElement } from 'react';
import { plain } from '../../domain/shared/plain-text.js';
import { pagePolicy } from '../styles/styles.js';

let renderer: Promise<(element: ReactElement) => string> | undefined;

/** Loads the renderer; a test that measures calls it early. */
export function loadRenderer(): Promise<(element: ReactElement) => string> {
  renderer ??= import('react-dom/server').then(
    ({ renderToStaticMarkup }) =>
      (element: ReactElement) =>
        // Here, so that every page is covered: removes control and bidirectional override characters from all text.
        plain(documentedButtons(renderToStaticMarkup(element))),
  );
  return renderer;
}

/**
 * Scripts find the buttons of a link's form as documented, `<button name="decision" value="…"`; React writes the name of a button
 * last. Text of users cannot match: its brackets are escaped.
 */
const documentedButtons = (html: string): string =>
  html.replace(
    /<button((?: [a-z-]+="[^"]*")*?) value="([^"]*)"((?: [a-z-]+="[^"]*")*?) name="decision"/g,
    '<button name="decision" value="$2"$1$3',
  );

const security = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
} as const;

/** Sends a link page: one self-contained reply, its style allowed by a nonce. */
export async function sendLinkPage(
  reply: FastifyReply,
  status: number,
  page: (nonce: string) => ReactElement,
): Promise<void> {
  const render = await loadRenderer();
  const nonce = randomBytes(16).toString('base64');
  await reply
    .code(status)
    .headers({ ...security, 'content-security-policy': pagePolicy(`'nonce-${nonce}'`) })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${render(page(nonce))}`);
}

/** Sends a page of the signed-in application or of signing in: its style is a cached file. */
export async function sendAppPage(
  reply: FastifyReply,
  status: number,
  page: ReactElement,
  /** Addition to the content security policy, for a page with a script. */
  policy = '',
): Promise<void> {
  const render = await loadRenderer();
  await reply
    .code(status)
    .headers({ ...security, 'content-security-policy': `${pagePolicy("'self'")}${policy}` })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${render(page)}`);
}

/** After a POST: the browser requests the page again, so a reload repeats nothing. Paths of our own only. */
export async function seeOther(reply: FastifyReply, path: string): Promise<void> {
  await reply.code(303).headers(security).header('location', path).send('');
}
