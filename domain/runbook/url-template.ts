/**
 * URLs of runbooks. Values in them come from outside (labels of an alert, inputs, responses), so each is one percent-encoded part
 * of the path or the query and can choose neither host nor path. A host may contain an expression only when the runbook lists the
 * permitted hosts.
 */
import { ExpressionError, render, type TemplateScope } from './expressions.js';
import { isListedHost } from './hosts.js';
import { encodedPart } from './secret-marker.js';
import { asText } from './template.js';
import { splitTemplate, type TemplatePart } from './template-text.js';

interface UrlShape {
  scheme: string;
  authority: TemplatePart[];
  rest: TemplatePart[];
}

type Shaped = { kind: 'shape'; shape: UrlShape } | { kind: 'refused'; why: string };

const refused = (why: string): Shaped => ({ kind: 'refused', why });

const holdsExpression = (parts: readonly TemplatePart[]): boolean =>
  parts.some(({ kind }) => kind === 'expression');

const written = (parts: readonly TemplatePart[]): string =>
  parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');

/** Splits where the WHATWG parser ends the authority of an http URL. */
function shapeOf(template: string): Shaped {
  const split = splitTemplate(template);
  if (split.kind === 'refused') return refused(split.error.message);
  const [first, ...more] = split.parts;
  const scheme = first?.kind === 'text' ? /^https?:\/\//i.exec(first.text)?.[0] : undefined;
  if (first?.kind !== 'text' || scheme === undefined)
    return refused('begins with http:// or https://, written out');
  const authority: TemplatePart[] = [];
  const rest: TemplatePart[] = [];
  for (const part of [{ kind: 'text' as const, text: first.text.slice(scheme.length) }, ...more]) {
    const end = part.kind === 'text' ? part.text.search(/[/\\?#]/) : -1;
    if (rest.length > 0) rest.push(part);
    else if (part.kind === 'expression' || end === -1) authority.push(part);
    else {
      authority.push({ kind: 'text', text: part.text.slice(0, end) });
      rest.push({ kind: 'text', text: part.text.slice(end) });
    }
  }
  const host = written(authority);
  if (host === '' && !holdsExpression(authority)) return refused('has no host');
  if (host.includes('@')) return refused('holds a user or a password; send a header instead');
  return { kind: 'shape', shape: { scheme: scheme.toLowerCase(), authority, rest } };
}

/** Reason why this URL may not be in a runbook with these `hosts`, or null. Checked before anything runs. */
export function urlProblem(template: string, hosts: readonly string[] | undefined): string | null {
  const shaped = shapeOf(template);
  if (shaped.kind === 'refused') return shaped.why;
  const { authority } = shaped.shape;
  return holdsExpression(authority)
    ? hostProblem(authority, hosts)
    : isListed(written(authority), true, hosts)
      ? null
      : `goes to ${written(authority)}, which is not in hosts: ${hosts?.join(', ') ?? ''}`;
}

/** The same for the host of a check: a name or an address alone. */
export function checkHostProblem(template: string, hosts: readonly string[] | undefined): string | null {
  const split = splitTemplate(template);
  if (split.kind === 'refused') return split.error.message;
  if (holdsExpression(split.parts)) return hostProblem(split.parts, hosts);
  return isListed(template, true, hosts)
    ? null
    : `goes to ${template}, which is not in hosts: ${hosts?.join(', ') ?? ''}`;
}

function hostProblem(parts: readonly TemplatePart[], hosts: readonly string[] | undefined): string | null {
  if (parts.some((part) => part.kind === 'expression' && /\bsecrets\b/.test(part.source)))
    return 'has a secret in its host; a secret stands in a header, the path or the query';
  return hosts === undefined || hosts.length === 0
    ? 'lets a value choose the host: write the host out, or list the hosts it may be under hosts: of the runbook'
    : null;
}

/** Matches `db.internal:8443` against the list; without a list every literal host is permitted. */
function isListed(authority: string, portIsWritten: boolean, hosts: readonly string[] | undefined): boolean {
  if (hosts === undefined) return true;
  // Host characters only: other characters from a value (`/`, `?`, `@`) make the host invalid.
  const found = /^(?<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?<port>\d+))?$/i.exec(authority)?.groups ?? {};
  const { host = '', port = null } = found;
  return host !== '' && isListedHost(hosts, { host, port: port ?? null, portIsWritten });
}

/** The URL with its values inserted; throws ExpressionError when a value is invalid at its position. */
export function renderUrl(
  template: string,
  scope: TemplateScope,
  hosts: readonly string[] | undefined,
): string {
  const problem = urlProblem(template, hosts);
  const shaped = shapeOf(template);
  if (problem !== null || shaped.kind === 'refused') throw new ExpressionError(`the URL ${problem ?? ''}`);
  const { scheme, authority, rest } = shaped.shape;
  return `${scheme}${renderHost(authority, scope, hosts)}${renderRest(rest, scope)}`;
}

/** The host of a check with its values inserted. */
export function renderCheckHost(
  template: string,
  scope: TemplateScope,
  hosts: readonly string[] | undefined,
): string {
  const problem = checkHostProblem(template, hosts);
  if (problem !== null) throw new ExpressionError(`the check ${problem}`);
  const split = splitTemplate(template);
  return split.kind === 'split' ? renderHost(split.parts, scope, hosts, true) : template;
}

function renderHost(
  parts: readonly TemplatePart[],
  scope: TemplateScope,
  hosts: readonly string[] | undefined,
  portIsElsewhere = false,
): string {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : valueText(part, scope))).join('');
  if (!holdsExpression(parts)) return text;
  const last = parts.at(-1);
  const portIsWritten = portIsElsewhere || (last?.kind === 'text' && /:\d+$/.test(last.text));
  if (!isListed(text, portIsWritten, hosts))
    throw new ExpressionError(
      `${JSON.stringify(text)} is not one of the runbook's hosts (${hosts?.join(', ') ?? ''})`,
    );
  return text;
}

function renderRest(parts: readonly TemplatePart[], scope: TemplateScope): string {
  /** The current path segment, and whether it contains a value. */
  let segment = { text: '', holdsValue: false };
  let inPath = true;
  let url = '';
  const endSegment = (): void => {
    if (inPath && segment.holdsValue) refuseSegment(segment.text);
    segment = { text: '', holdsValue: false };
  };
  for (const part of parts) {
    if (part.kind === 'expression') {
      const value = encodedPart(valueText(part, scope));
      segment = { text: segment.text + value, holdsValue: true };
      url += value;
      continue;
    }
    for (const character of part.text) {
      if (/[/\\?#]/.test(character)) endSegment();
      else segment.text += character;
      if (character === '?' || character === '#') inPath = false;
    }
    url += part.text;
  }
  endSegment();
  return url;
}

/** `..`, encoded or not, would leave the folder; an empty value would address the folder itself. */
function refuseSegment(text: string): void {
  if (text === '') throw new ExpressionError('a value in the path of the URL is empty');
  if (/^(?:\.|%2e){1,2}$/i.test(text))
    throw new ExpressionError(`a value makes ${JSON.stringify(text)} a part of the URL's path`);
}

const valueText = (part: Extract<TemplatePart, { kind: 'expression' }>, scope: TemplateScope): string =>
  asText(render(`\${{${part.source}}}`, scope));
