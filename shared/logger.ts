/**
 * The one logger: JSON lines on stderr, without secrets. Redaction is by key (a field name that denotes a secret) and
 * by shape (a text that looks like a secret, anywhere), so a new call site cannot leak by forgetting a list. Rule:
 * docs/security.md S14, Approval and action links (link tokens are never in logs).
 */
import {
  destination,
  pino,
  stdSerializers,
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type LevelWithSilent,
  type Logger,
} from 'pino';

export type { Logger } from 'pino';

const hidden = '[redacted]';

/** Names compared without case, `-` and `_`; the endings match `ingestKey`, `admin_token`, `smtpPassword`. */
const secretNames = new Set(['authorization', 'proxyauthorization', 'cookie', 'setcookie', 'pwd']);
const secretEndings = ['token', 'secret', 'password', 'key', 'apikey', 'passphrase'];
/** Keys that identify something and open nothing. */
const publicNames = new Set([
  'dedupkey',
  'idempotencykey',
  'ledgerkey',
  'groupkey',
  'primarykey',
  'publickey',
]);

const secretShapes: readonly [RegExp, string][] = [
  [/whsec_[A-Za-z0-9+/=_-]+/g, `whsec_${hidden}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, `$1 ${hidden}`],
  // URLs that are their own proof: the path alone grants access.
  [/\/(l|setup|reach|ical|hooks\/link|hooks\/pushover)\/[A-Za-z0-9._~-]{8,}/g, `/$1/${hidden}`],
  [/\/in\/[a-z0-9]{16,}/gi, `/in/${hidden}`],
  // The scheme is bounded: its search begins anew at each letter, and texts of others are logged.
  [/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${hidden}@`],
  [/([?&](?:token|key|secret|password|routing_key)=)[^&\s"]+/gi, `$1${hidden}`],
  [
    /("(?:[a-z_]*token|[a-z_]*secret|password|routing_key|api_?key|authorization)"\s*:\s*")[^"]+/gi,
    `$1${hidden}`,
  ],
];

/** Deeper than any legitimate log line; below it a value is replaced whole. */
const maxDepth = 8;

/** The text with everything that looks like a secret removed. */
export function redactText(text: string): string {
  return secretShapes.reduce((clean, [shape, replacement]) => clean.replace(shape, replacement), text);
}

/** A copy of a log value without secrets; Errors become `{type, message, stack, …}`. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '[too deep]';
  if (value instanceof Error) return redactEntries({ ...stdSerializers.err(value), raw: undefined }, depth);
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value) || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return redactEntries(value, depth);
}

function redactEntries(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [
      name,
      isSecretName(name) && item !== null && item !== undefined ? hidden : redact(item, depth + 1),
    ]),
  );
}

function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
  if (publicNames.has(plain)) return false;
  return secretNames.has(plain) || secretEndings.some((ending) => plain.endsWith(ending));
}

/** A logger called `name` at the configured level; `stream` is for tests, stderr otherwise. */
export function createLogger(
  config: { logLevel: LevelWithSilent },
  name: string,
  stream: DestinationStream = destination(2),
): Logger {
  const logger = pino(
    {
      name,
      level: config.logLevel,
      formatters: { log: (fields) => redactEntries(fields, 0) },
      // The formatter has made errors plain already; pino's own serializer would read the copies as errors again.
      serializers: { err: (error: unknown) => (error instanceof Error ? redact(error) : error) },
      hooks: {
        // The message is not a field: texts and the arguments of %s are redacted here.
        logMethod(args, method) {
          const [first, ...rest] = args.map((arg: unknown) => {
            if (typeof arg === 'string') return redactText(arg);
            return arg instanceof Error ? { err: arg, msg: redactText(arg.message) } : arg;
          });
          method.apply(this, [first as string, ...(rest as undefined[])]);
        },
      },
    },
    stream,
  );
  // Pino's binding formatter does not run for children; a child is made from its parent as prototype, so this reaches all.
  // oxlint-disable-next-line typescript/unbound-method -- called with its own logger below
  const { child } = logger;
  logger.child = function redactingChild<Levels extends string>(
    this: Logger,
    bindings: Bindings,
    options?: ChildLoggerOptions<Levels>,
  ) {
    return child.call(this, redactEntries(bindings, 0), options) as Logger<Levels>;
  };
  return logger;
}
