/** Takes what looks like a secret out of a check's output before it reaches the incident (SECURITY.md, rule S14). */

const MASK = '[redacted]';

/**
 * A repeat that something must follow is bounded: the text comes from whoever answers, and could make an unbounded one take
 * quadratic time.
 * By shape: a value that is a secret whatever it is called.
 */
const shapes: RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,4000}\.[\w-]{8,}(?:\.[\w-]*)?/g, // JSON web tokens
  /\b(?:whsec|sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs]|tcs)[_-][\w/+=-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
];

/** By name: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`, `Set-Cookie: …`. */
const header = /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*["']?)[^\r\n"']+/gi;
const named =
  /((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w.-]{0,40}["']?\s{0,8}[:=]\s{0,8})("[^"]*"?|'[^']*'?|[^\s&,;}"']+)/gi;
const userinfo = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,512}@/gi;

/** The text without its secrets; the words around them stay, so it can still be understood. */
export function redact(text: string): string {
  const unshaped = shapes.reduce((rest, shape) => rest.replace(shape, MASK), text);
  return unshaped.replace(userinfo, `$1${MASK}@`).replace(header, `$1$2${MASK}`).replace(named, `$1${MASK}`);
}
