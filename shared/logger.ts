/**
 * The one logger: JSON lines on stderr, without secrets: fields by their name, texts by `redact.ts`. Rule: docs/security.md S14,
 * Approval and action links (link tokens are never in logs).
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
import { isKeyName, isSecretName, MASK, redactText } from './redact.js';

export type { Logger } from 'pino';

/** Deeper than any legitimate log line; below it a value is replaced whole. */
const maxDepth = 8;

/** A copy of a log value without secrets; Errors become `{type, message, stack, …}`. */
function redact(value: unknown, depth = 0): unknown {
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
      (isSecretName(name) || isKeyName(name)) && item !== null && item !== undefined
        ? MASK
        : redact(item, depth + 1),
    ]),
  );
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
