/**
 * Removes secrets from texts, by name (`password=…`, `"api_key": "…"`, `Cookie: …`) and by shape (a token of a known form, wherever it
 * stands). Logs, delivery errors, refused bodies, replies and results of runbook steps all use it, so a new place cannot leak by
 * forgetting a list (docs/security.md S14). Secrets whose value is known are hidden by `domain/shared/secret-forms.ts` as well.
 *
 * Every pattern takes linear time, because the texts come from others: a repetition that a required part follows is bounded, or begins
 * only where its run begins.
 */
export const MASK = '[redacted]';

/** Names in a text; `-` and `_` may stand between their words. */
const names = [
  'passw(?:or)?d',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'credential',
  '(?:api|access|account|encryption|ingest|integration|private|routing|service|signing)[_-]?key',
].join('|');

/** Quoted (a cut text may lack the end), also inside a JSON string; or up to the next separator. */
const quoted = [
  // In JSON whose secrets are hidden already.
  String.raw`\[redacted\](?=,"|\}|$)`,
  String.raw`"[^"\\]*(?:\\[^][^"\\]*)*"?`,
  String.raw`'[^'\\]*(?:\\[^][^'\\]*)*'?`,
  String.raw`\\"[^"\\]*(?:(?:\\\\\\?[^]|\\[^"\\])[^"\\]*)*(?:\\")?`,
].join('|');
const value = String.raw`${quoted}|[^\s&,;}"']+`;

/** Separator between a name and its value; the quote may be that of a JSON string inside another one. */
const is = String.raw`\\{0,7}["']?\s{0,64}[:=]\s{0,64}`;

const vendorPrefixes = [
  'whsec[_-]|tcs[_-]', // Standard Webhooks, Tocsin
  'gh[opsur][_-]|github_pat_', // GitHub
  'xox[abeprs]-|xapp-', // Slack
  'pypi-|dop_v1_|shp[a-z]{2}_',
  String.raw`SG\.|ya29\.|hv[bsr]\.|AIza|ATATT`,
].join('|');

const patterns: readonly (readonly [RegExp, string])[] = [
  // Private keys, whole or cut.
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY[^]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g, MASK],
  // JSON web tokens. The lookahead comes first, so that a run without a second part is read once.
  [/(?<![\w-])(?=[\w-]+\.[\w.-]{8})([\w-]*?)eyJ[\w-]{8,}\.[\w.-]+/g, `$1${MASK}`],
  [new RegExp(String.raw`(?<![A-Za-z0-9])(?:${vendorPrefixes})[\w/+=.-]{10,}`, 'g'), MASK],
  // Prefixes that names of hosts and services begin with as well (`global-payments-db`, `sk-learn`): what follows has to look random.
  [/(?<![A-Za-z0-9])gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[\w.-]{16,}/g, MASK],
  [/(?<![A-Za-z0-9])(?:[spr]k[_-]|npm_|hf_)(?=[A-Za-z_-]{0,60}\d)[\w/+=.-]{16,}/g, MASK],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
  // A bot of Telegram; incoming webhooks of Slack and Discord.
  [/(?<!\d)\d{6,12}:[\w-]{34,}/g, MASK],
  [/(hooks\.slack(?:-gov)?\.com\/\w{1,20}\/)[\w/-]+/g, `$1${MASK}`],
  [/(\/api\/(?:v\d{1,3}\/)?webhooks\/\d{1,24}\/)[\w-]+/g, `$1${MASK}`],
  // An ingest key: a hash has no letter above f.
  [/(?<![A-Za-z0-9])(?=[a-z0-9]{0,31}[g-z])(?=[a-z]{0,31}\d)[a-z0-9]{32}(?![A-Za-z0-9])/g, MASK],
  // The room of an incident's bridge: whoever knows its name can join.
  [/(?<![A-Za-z0-9])((?:INC|CANARY)-\d{1,15}-)[a-z2-7]{24}(?![a-z0-9])/g, `$1${MASK}`],
  // URLs that are their own proof: the path alone grants access.
  [/((?:\/|%2F)(?:l|setup|reach|ical|hooks\/link|hooks\/pushover)(?:\/|%2F))[\w.~-]{8,}/gi, `$1${MASK}`],
  [/((?:\/|%2F)in(?:\/|%2F))[a-z0-9]{16,}/gi, `$1${MASK}`],
  [/((?:\/|%2F)ping(?:\/|%2F))[a-z0-9-]{16,}/gi, `$1${MASK}`],
  // The scheme is bounded: its search begins anew at each letter. Up to the last `@`, because a password may contain one.
  // Without a password it ends before a query, which may hold a mail address.
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#,:"]{0,200}:[^\s/"]+|[^\s/?#,:"]+)@/gi, `$1${MASK}@`],
  [/\b(bearer)(\s{1,64}|%20|\+)[\w.~+/=:%-]+/gi, `$1$2${MASK}`],
  // Unlike "Basic monitoring", credentials in base64 have more than lower-case letters.
  [/\b(Basic|basic|BASIC)(\s{1,8}|%20|\+)(?=[a-z]{0,64}[A-Z0-9+/=])[\w.~+/=%-]+/g, `$1$2${MASK}`],
  // The value of a query parameter ends with the parameter.
  [
    new RegExp(String.raw`([?&](?:[\w.-]{0,40}(?:${names})[\w.-]{0,40}|key|sig|signature)=)[^&\s"]+`, 'gi'),
    `$1${MASK}`,
  ],
  // A header ends with its line, or with the quote that it stands in.
  [
    new RegExp(
      String.raw`((?<![A-Za-z])(?:(?:proxy[_-])?authorization|(?:set[_-])?cookie)${is})(?:${quoted}|[^\r\n"']+(?:"[^"\r\n]*"[^\r\n"']*)*)`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [
    new RegExp(String.raw`((?:(?:${names})[\w.-]{0,40}|[?&;](?:key|sig|signature))${is})(?:${value})`, 'gi'),
    `$1${MASK}`,
  ],
  // An option of a command: `--token x`.
  [
    new RegExp(String.raw`((?<![\w-])--[\w-]{0,30}(?:${names})[\w-]{0,20} {1,8})(?:${value})`, 'gi'),
    `$1${MASK}`,
  ],
];

/** The text without its secrets; the surrounding words stay, so that it remains readable. */
export function redactText(text: string): string {
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/**
 * The beginning of a body that was refused: anything in the shape of a routing key is hidden too, hashes included, because a broken
 * body may have broken the name of the field.
 */
export const redactRefused = (text: string): string =>
  redactText(text).replace(/(?<![a-z0-9])[a-z0-9]{32}(?![a-z0-9])/g, MASK);

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.\s]/g, '');

const secretName = new RegExp(`${names.replaceAll('[_-]?', '')}|authorization|^(?:set)?cookie$`);

/** True for a field whose text is a secret whatever it looks like: `adminToken`, `smtp_password`, `X-Api-Key`. */
export const isSecretName = (name: string): boolean => secretName.test(plainName(name));

/** Keys that identify something and open nothing. */
const publicKeys = new Set([
  'dedupkey',
  'idempotencykey',
  'ledgerkey',
  'groupkey',
  'primarykey',
  'publickey',
]);

/** True for any other field that ends in `key`. For logs only: elsewhere it may be the key of a ticket or of a map. */
export function isKeyName(name: string): boolean {
  const plain = plainName(name);
  return plain.endsWith('key') && !publicKeys.has(plain);
}

/** Characters beyond the cut that are read, so that a secret which the cut goes through is still recognised. */
const BEYOND_CUT = 500;

/** The first `max` characters of a text, redacted before the cut: half a secret is not recognised any more. */
export const redactedStart = (text: string, max: number, redact = redactText): string =>
  redact(text.slice(0, max + BEYOND_CUT)).slice(0, max);
