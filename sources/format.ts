/** What an inbound wire format is: a pure translation, and the answers its senders understand. */
import type { ReadSignal } from '../domain/alert/complete-signal.js';
import type { AlertSignal, GroupNotice, Json } from '../domain/alert/signal.js';

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
  /** Of what could have paged nobody: a resolve or an acknowledge that does not say of what. */
  pagesNobody?: true;
}

/** What one body says. `credential`: the routing key in the body, for the routes where the body brings it. */
export type ParseOutcome =
  | {
      kind: 'signals';
      signals: ReadSignal[];
      /** Those of several alerts that name no condition: the others are taken. */
      refused?: FieldError[];
      credential?: string;
      group?: GroupNotice;
    }
  | { kind: 'rejected'; errors: FieldError[]; credential?: string };

/** The body is sent as JSON; `headers` has the content type where it is not `application/json`. */
export interface SourceReply {
  status: number;
  body: Record<string, Json>;
  headers?: Record<string, string>;
}

/** What is said of a body besides its signals. */
export interface Accepted {
  refused?: readonly FieldError[];
  group?: GroupNotice;
}

export interface SourceFormat {
  readonly name: string;
  readonly bodyLimitBytes: number;
  /** Never throws, whatever the bytes. */
  parse(raw: Uint8Array, headers: SourceHeaders, context: ParseContext): ParseOutcome;
  /** After the commit, and only then. */
  accepted(signals: readonly AlertSignal[], about?: Accepted): SourceReply;
  rejected(errors: readonly FieldError[]): SourceReply;
  /** The body is over `bodyLimitBytes`. */
  tooLarge(): SourceReply;
  badKey(): SourceReply;
  /** The database is away: nothing was stored, the sender shall come again. */
  unavailable(retryAfterS: number): SourceReply;
}

/** For `bodyLimitBytes` in answers: `512 KB`, `4 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${Math.floor(bytes / 1000)} KB`;
}

/** For the answer to a body of which a part was refused. */
export const refusedFields = ({ refused = [] }: Accepted): Record<string, Json> =>
  refused.length === 0 ? {} : { refused: refused.map(({ path, message }) => ({ path, message })) };
