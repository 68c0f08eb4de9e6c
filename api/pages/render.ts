/**
 * Components → one HTML document with the headers it needs. The renderer is loaded with the first page: a process that only
 * takes alerts never pays for it.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { ReactElement } from 'react';
import { appStyle, baseStyle, linkStyle, minified } from './ui/style-base.js';

let renderer: Promise<(element: ReactElement) => string> | undefined;

/** Loads what draws pages; also worth calling early in a test that measures. */
export function loadRenderer(): Promise<(element: ReactElement) => string> {
  renderer ??= import('react-dom/server').then(({ renderToStaticMarkup }) => renderToStaticMarkup);
  return renderer;
}

export const linkCss = minified(baseStyle + linkStyle);
export const appCss = minified(baseStyle + appStyle);

/** Changes with the text, so that the file can be kept for a year. */
export const appCssPath = `/assets/tocsin-${createHash('sha256').update(appCss).digest('hex').slice(0, 12)}.css`;

const policy = (style: string): string =>
  `default-src 'none'; style-src ${style}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'`;

const security = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
} as const;

/** A page behind a link: everything in one answer, the style allowed by a nonce. */
export async function sendLinkPage(
  reply: FastifyReply,
  status: number,
  page: (nonce: string) => ReactElement,
): Promise<void> {
  const render = await loadRenderer();
  const nonce = randomBytes(16).toString('base64');
  await reply
    .code(status)
    .headers({ ...security, 'content-security-policy': policy(`'nonce-${nonce}'`) })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${render(page(nonce))}`);
}

/** A page for people who are signed in, or on their way there: the style is a file that browsers keep. */
export async function sendAppPage(reply: FastifyReply, status: number, page: ReactElement): Promise<void> {
  const render = await loadRenderer();
  await reply
    .code(status)
    .headers({ ...security, 'content-security-policy': policy("'self'") })
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${render(page)}`);
}

/** After a POST: the browser asks for the page anew, so a reload repeats nothing. Only addresses of our own. */
export async function seeOther(reply: FastifyReply, path: string): Promise<void> {
  await reply.code(303).headers(security).header('location', path).send('');
}
