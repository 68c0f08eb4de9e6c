/** A refusal as a page for people: what happened and what to do, without script or picture. */
import { appCssPath } from '../pages/styles.js';
import { type Problem, problemTitle } from './problem.js';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

export const problemPage = (problem: Problem, requestId: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(problemTitle(problem.status))} · Tocsin</title><link rel="stylesheet" href="${appCssPath}"></head>
<body><main class="center"><p><span class="logo">Tocsin</span></p><div class="card">
<h1>${escapeHtml(problemTitle(problem.status))}</h1><p>${escapeHtml(problem.detail)}</p>
<p><a class="btn" href="/">To the incidents</a></p><p class="soft small">Request ${escapeHtml(requestId)}</p>
</div></main></body></html>`;
