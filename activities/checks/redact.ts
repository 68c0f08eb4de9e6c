/** Redacts likely secrets in a check's output before it reaches the incident (docs/security.md S14). */

const MASK = '[redacted]';

/**
 * Secrets by shape, whatever their name. A repetition followed by a required part is bounded: the text comes from the other
 * server, which could make an unbounded one take quadratic time.
 */
const shapes: RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\beyJ[\w-]{8,4000}\.[\w-]{8,}(?:\.[\w-]*)?/g, // JSON web tokens
  /\b(?:whsec|sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs]|tcs)[_-][\w/+=-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
];

/** Secrets by name: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`, `Set-Cookie: …`. */
const header = /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*["']?)[^\r\n"']+/gi;
const named =
  /((?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w.-]{0,40}["']?\s{0,8}[:=]\s{0,8})("[^"]*"?|'[^']*'?|[^\s&,;}"']+)/gi;
const userinfo = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,512}@/gi;

/** The text without its secrets; the surrounding words stay, so that it remains readable. */
export function redact(text: string): string {
  const unshaped = shapes.reduce((rest, shape) => rest.replace(shape, MASK), text);
  return unshaped.replace(userinfo, `$1${MASK}@`).replace(header, `$1$2${MASK}`).replace(named, `$1${MASK}`);
}
