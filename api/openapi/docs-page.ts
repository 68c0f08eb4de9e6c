/** `/api/docs`: the routes as a plain page, readable without script or network, on a phone too. */
import { escapeHtml } from '../../web/ui/problem-page.js';
import type { Json } from './components.js';
import { exampleOf, examplePath } from './example.js';
import { type Operation, operationId, operations, type Parameter } from './openapi.js';
import type { RouteEntry } from './route-table.js';

const style = `:root{color-scheme:light dark;--line:#c4c8ce;--soft:#4d5560;--link:#0b57a4;--box:#f2f4f7}
@media (prefers-color-scheme:dark){:root{--line:#4a515b;--soft:#b9c0ca;--link:#8cc2ff;--box:#22272e}}
body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem auto;max-width:60rem;padding:0 1rem}a{color:var(--link)}
code,pre{font:14px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}pre{background:var(--box);padding:.75rem;overflow-x:auto;border-radius:.4rem;white-space:pre-wrap}
h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{margin:2rem 0 .25rem;font-size:1rem}h3 a{color:inherit}
nav li{margin:.35rem 0}nav ul{columns:18rem;padding-left:1.2rem}.soft{color:var(--soft)}
dl{margin:.5rem 0}dt{margin-top:.4rem}dd{margin:0 0 0 1.25rem}summary{cursor:pointer;padding:.4rem 0}`;

export function docsPage(routes: readonly RouteEntry[], nonce: string, url: string): string {
  const { operations: all, schemas } = operations(routes);
  const tags = [...new Set(all.map(tagOf))].toSorted();
  const of = (tag: string): Operation[] => all.filter((one) => tagOf(one) === tag);
  const contents = tags
    .map((tag) => `<li><a href="#${slugOf(tag)}">${escapeHtml(tag)}</a> (${of(tag).length})</li>`)
    .join('');
  const sections = tags.map((tag) => {
    const routesOf = of(tag).map((one) => operationText(one, schemas, url));
    return `<section><h2 id="${slugOf(tag)}">${escapeHtml(tag)}</h2>${routesOf.join('')}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tocsin API</title><style nonce="${nonce}">${style}</style></head>
<body><main><h1>Tocsin API</h1>
<p>Send <code>Authorization: Bearer &lt;api key&gt;</code>. Errors are problem JSON (RFC 9457) with a stable <code>code</code>. Lists answer
<code>{items, next}</code>; send <code>next</code> as <code>?cursor</code>. The same, for programs: <a href="/api/openapi.json">openapi.json</a>.
Schemas of configuration documents: <a href="/schemas/v1/tocsin.json">/schemas/v1/</a>.</p>
<nav aria-label="Contents"><ul>${contents}</ul></nav>
${sections.join('\n')}</main></body></html>`;
}

const tagOf = ({ config }: Operation): string => config.tag ?? 'Other';
const slugOf = (tag: string): string => `tag-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;

function operationText(one: Operation, schemas: Record<string, Json>, url: string): string {
  const { method, path, config, parameters, body, reply, status, problems } = one;
  const id = operationId(method, path);
  const types = Object.keys(body ?? {});
  const [type = ''] = types;
  const lines = fieldsOf(body?.[type]?.schema, schemas);
  return `<article><h3 id="${id}"><a href="#${id}"><code>${escapeHtml(method)} ${escapeHtml(path)}</code></a></h3>
<p>${escapeHtml(config.summary ?? '')}<br><span class="soft">${escapeHtml(permissionText(config.permission))}. Answers ${escapeHtml([status, ...problems].join(', '))}.</span></p>
${parameters.length === 0 ? '' : `<dl><dt><b>Parameters</b></dt>${parameters.map((parameter) => `<dd>${parameterText(parameter, schemas)}</dd>`).join('')}</dl>`}
${types.length === 0 ? '' : `<dl><dt><b>Body</b> <span class="soft">${escapeHtml(types.join(' or '))}</span></dt>${lines.map((line) => `<dd>${line}</dd>`).join('')}</dl>`}
<pre>${escapeHtml(curlOf(one, type, url))}</pre>
${reply === null ? '' : `<details><summary>What it answers</summary><pre>${escapeHtml(JSON.stringify(exampleOf(reply, schemas), null, 2))}</pre></details>`}</article>`;
}

function parameterText(
  { name, in: where, required, description = '', schema }: Parameter,
  schemas: Record<string, Json>,
): string {
  return `<code>${escapeHtml(name)}</code> <span class="soft">${escapeHtml([where, required ? 'needed' : '', typeText(schema, schemas)].filter((word) => word !== '').join(', '))}</span> ${escapeHtml(description || descriptionOf(schema, schemas))}`;
}

/** The fields of an object, one line each. */
function fieldsOf(schema: Json | undefined, schemas: Record<string, Json>): string[] {
  const node = resolved(schema, schemas);
  const required = new Set(Array.isArray(node['required']) ? node['required'] : []);
  return Object.entries((node['properties'] ?? {}) as Record<string, Json>).map(
    ([name, field]) =>
      `<code>${escapeHtml(name)}</code> <span class="soft">${escapeHtml([required.has(name) ? 'needed' : '', typeText(field, schemas)].filter((word) => word !== '').join(', '))}</span> ${escapeHtml(descriptionOf(field, schemas))}`,
  );
}

function resolved(schema: Json | undefined, schemas: Record<string, Json>): Json {
  const ref = schema?.['$ref'];
  if (typeof ref !== 'string') return schema ?? {};
  return { ...schemas[ref.split('/').at(-1) ?? ''], ...schema };
}

function descriptionOf(schema: Json, schemas: Record<string, Json>): string {
  const { description } = resolved(schema, schemas);
  return typeof description === 'string' ? description : '';
}

function typeText(schema: Json, schemas: Record<string, Json>): string {
  const node = resolved(schema, schemas);
  const choices = node['enum'];
  if (Array.isArray(choices)) return choices.slice(0, 12).join(' | ') + (choices.length > 12 ? ' | …' : '');
  if (node['const'] !== undefined) return JSON.stringify(node['const']);
  const options = node['anyOf'] ?? node['oneOf'];
  if (Array.isArray(options))
    return [...new Set(options.map((option: Json) => typeText(option, schemas)))].join(' or ');
  if (node['type'] === 'array') return `list of ${typeText((node['items'] ?? {}) as Json, schemas)}`;
  return typeof node['type'] === 'string' ? node['type'] : 'any value';
}

function curlOf({ method, path, config, body }: Operation, type: string, url: string): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}'${url}${examplePath(path)}'`];
  if (config.permission !== 'public') lines.push(`-H "authorization: Bearer $TOKEN"`);
  if (body === null) return lines.join(' \\\n  ');
  lines.push(`-H 'content-type: ${type}'`);
  const example = body[type]?.example;
  const text = typeof example === 'string' ? example : JSON.stringify(example);
  lines.push(`-d '${text.replaceAll("'", `'\\''`)}'`);
  return lines.join(' \\\n  ');
}

function permissionText(permission: string | undefined): string {
  if (permission === 'public') return 'Open to everybody';
  return permission === 'session' ? 'Any key or signed-in person' : `Permission ${permission ?? ''}`;
}
