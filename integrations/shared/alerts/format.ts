/** Interface of an inbound wire format: a pure translation, and the responses that its senders understand. */
import type { ReadSignal } from '../../../domain/alert/complete-signal.js';
import type { AlertSignal, GroupNotice, Json } from '../../../domain/alert/signal.js';
import type { HttpHeaders } from '../../../shared/json/json.js';

export type SourceHeaders = HttpHeaders;

/** Impure inputs of a format, passed in. */
export interface ParseContext {
  /** ISO 8601 in UTC. */
  now: string;
  /** A dedup key for a trigger without one: unique, at most 255 characters. */
  newKey(): string;
  /** The path contains the source key (`/in/<key>/…`), so a key in the body is neither required nor read. */
  keyInPath?: boolean;
}

/** `path`: position in the body, `alerts[3].labels`, or `body` for the whole. `message`: the problem and a valid form. */
export interface FieldError {
  path: string;
  message: string;
  /** The signal could not have paged anyone: a resolve or an acknowledge without a key. */
  pagesNobody?: true;
}

/** Parsed content of one body. `credential`: the routing key in the body, for routes that require it there. */
export type ParseOutcome =
  | {
      kind: 'signals';
      signals: ReadSignal[];
      /** Errors of alerts without an identifiable condition; the others are accepted. */
      refused?: FieldError[];
      credential?: string;
      group?: GroupNotice;
    }
  | { kind: 'rejected'; errors: FieldError[]; credential?: string };

/** The body is sent as JSON; `headers` contains a content type other than `application/json`. */
export interface SourceReply {
  status: number;
  body: Record<string, Json>;
  headers?: Record<string, string>;
}

/** Information about a body beside its signals. */
export interface Accepted {
  refused?: readonly FieldError[];
  group?: GroupNotice;
}

export interface SourceFormat {
  readonly name: string;
  readonly bodyLimitBytes: number;
  /** Never throws, whatever the bytes. */
  parse(raw: Uint8Array, headers: SourceHeaders, context: ParseContext): ParseOutcome;
  /** Called only after the commit. */
  accepted(signals: readonly AlertSignal[], about?: Accepted): SourceReply;
  rejected(errors: readonly FieldError[]): SourceReply;
  /** The body is over `bodyLimitBytes`. */
  tooLarge(): SourceReply;
  badKey(): SourceReply;
  /** The database is unreachable: nothing was stored, the sender should retry. */
  unavailable(retryAfterS: number): SourceReply;
}

/** For `bodyLimitBytes` in responses: `512 KB`, `4 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${Math.floor(bytes / 1000)} KB`;
}

/** For the response to a body that was partly refused. */
export const refusedFields = ({ refused = [] }: Accepted): Record<string, Json> =>
  refused.length === 0 ? {} : { refused: refused.map(({ path, message }) => ({ path, message })) };
