/** A refusal as a page: the reason, and links to the main pages; without script or image. */
import { withTimesIn } from '../../domain/oncall/time-text.js';
import { appCssPath } from '../styles/styles.js';
import { type Problem, problemTitle } from '../../services/common/problem.js';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

const places = [
  ['/incidents', 'Incidents'],
  ['/on-call', 'On call'],
  ['/mailbox', 'Mailbox'],
  ['/system', 'System'],
] as const;

const headings: Readonly<Record<number, string>> = { 404: 'Page not found' };

export function problemPage(problem: Problem, requestId: string): string {
  const title = headings[problem.status] ?? problemTitle(problem.status);
  const links = places.map(([path, text]) => `<li><a href="${path}">${text}</a></li>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Tocsin</title><link rel="icon" href="/favicon.ico" type="image/svg+xml"><link rel="stylesheet" href="${appCssPath}"></head>
<body><header class="top"><div><a class="logo" href="/">Tocsin</a><nav aria-label="Main"><ul>${links}</ul></nav></div></header>
<main class="center"><div class="card">
<h1>${escapeHtml(title)}</h1><p>${escapeHtml(withTimesIn(problem.detail))}</p>
<p><a class="btn" href="/incidents">Open incidents</a></p><p class="soft small">Request ${escapeHtml(requestId)}</p>
</div></main></body></html>`;
}

/** True for a browser, which accepts HTML; programs accept JSON or anything. */
export const wantsPage = (method: string, accept: string | undefined): boolean =>
  (method === 'GET' || method === 'HEAD') && /\btext\/html\b/i.test(accept ?? '');
