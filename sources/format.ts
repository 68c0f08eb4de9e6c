/** What an inbound wire format is: a pure translation, and the answers its senders understand. */
import type { AlertSignal, GroupNotice, Json, SignalLink } from '../domain/alert/signal.js';

export type SourceHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Everything impure a format needs, handed in. */
export interface ParseContext {
  /** ISO 8601 in UTC. */
  now: string;
  /** A dedup key for a trigger that brings none: unique, at most 255 characters. */
  newKey(): string;
  /** The path carries the source key (`/in/<key>/…`), so a key in the body is neither needed nor looked at. */
  keyInPath?: boolean;
}

/** `path`: where in the body, `alerts[3].labels`, or `body` for the whole of it. `message`: what is wrong and what would be right. */
export interface FieldError {
  path: string;
  message: string;
}

/** Something that was changed (a deploy): stored and shown beside incidents, never notifies. */
export interface ChangeRecord {
  summary: string;
  source: string | null;
  occurredAt: string | null;
  links: SignalLink[];
  detail: Json;
}

/** `credential`: the routing key in the body, for the routes where the body brings it. */
export type ParseOutcome =
  | {
      kind: 'signals';
      signals: AlertSignal[];
      credential?: string;
      change?: ChangeRecord;
      group?: GroupNotice;
    }
  | { kind: 'rejected'; errors: FieldError[] };

/** The body is sent as JSON; `headers` has the content type where it is not `application/json`. */
export interface SourceReply {
  status: number;
  body: Record<string, Json>;
  headers?: Record<string, string>;
}

export interface SourceFormat {
  readonly name: string;
  readonly bodyLimitBytes: number;
  /** Never throws, whatever the bytes. */
  parse(raw: Uint8Array, headers: SourceHeaders, context: ParseContext): ParseOutcome;
  /** After the commit, and only then. */
  accepted(signals: readonly AlertSignal[], group?: GroupNotice): SourceReply;
  rejected(errors: readonly FieldError[]): SourceReply;
  /** The body is over `bodyLimitBytes`. */
  tooLarge(): SourceReply;
  badKey(): SourceReply;
  overLimit(retryAfterS: number): SourceReply;
  /** The database is away: nothing was stored, the sender shall come again. */
  unavailable(retryAfterS: number): SourceReply;
}

/** For `bodyLimitBytes` in answers: `512 KB`, `4 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${Math.floor(bytes / 1000)} KB`;
}
