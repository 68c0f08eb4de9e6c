/** `/api/docs`: the routes as a plain page, readable without script or network. */
import { escapeHtml } from '../common/problem-page.js';
import type { RouteEntry } from './route-table.js';

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8886;vertical-align:top}
code{font:14px ui-monospace,monospace;overflow-wrap:anywhere}h2{margin-top:2rem}small{opacity:.8}`;

export function docsPage(routes: readonly RouteEntry[], nonce: string): string {
  const shown = routes.filter(({ config, method }) => config.page !== true && method !== 'OPTIONS');
  const tags = [...new Set(shown.map(({ config }) => config.tag ?? 'Other'))].toSorted();
  const sections = tags.map((tag) => {
    const rows = shown
      .filter(({ config }) => (config.tag ?? 'Other') === tag)
      .map(
        ({ method, path, config }) =>
          `<tr><td><code>${escapeHtml(method)}</code></td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(config.summary ?? '')}<br><small>${escapeHtml(permissionText(config.permission))}</small></td></tr>`,
      );
    return `<h2>${escapeHtml(tag)}</h2><table><thead><tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it does</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tocsin API</title><style nonce="${nonce}">${style}</style></head>
<body><main><h1>Tocsin API</h1>
<p>Send <code>Authorization: Bearer &lt;api key&gt;</code>. Errors are problem JSON (RFC 9457) with a stable <code>code</code>. Lists answer
<code>{items, next}</code>; send <code>next</code> as <code>?cursor</code>. The same, for programs: <a href="/api/openapi.json">openapi.json</a>.
Schemas of configuration documents: <a href="/schemas/v1/tocsin.json">/schemas/v1/</a>.</p>
${sections.join('\n')}</main></body></html>`;
}

function permissionText(permission: string | undefined): string {
  if (permission === 'public') return 'open to everybody';
  return permission === 'session' ? 'any key or signed-in person' : `permission ${permission ?? ''}`;
}
