/** A channel sends one message to one contact and says what became of it; `integrations/<vendor>/send` implements it. */
import type { OutgoingMessage, PageMessage, PageStatus } from '../domain/delivery/message.js';

/** One contact address a channel sends to. `secret` signs webhooks. */
interface Destination {
  channel: string;
  address: string;
  secret?: string;
}

/** One attempt to send one ledger row. `idempotencyKey` is the ledger key: the same on every attempt. */
export interface SendRequest {
  destination: Destination;
  message: OutgoingMessage;
  idempotencyKey: string;
  timeoutMs: number;
  /**
   * Checked before every further provider or post of the same attempt: a person may have answered during the previous one
   * (docs/reliability.md I5). Omitted: always true.
   */
  stillWanted?: () => Promise<boolean>;
}

/** `message`: the page as it would read now; `providerId`: from the `accepted` outcome; `idempotencyKey`: that of the page. */
interface UpdateRequest extends SendRequest {
  message: PageMessage;
  status: PageStatus;
  providerId: string;
}

/**
 * Outcome of a provider call. `accepted`: the provider took responsibility. `failed`: the provider refused, or certainly never
 * received it; `permanent` rules out a further attempt at the same address. `ambiguous`: the provider may or may not have it
 * (timeout or disconnect after the request was written, or a gateway that answers 504). A channel never throws for a provider's
 * response.
 */
export type SendOutcome =
  | { kind: 'accepted'; provider: string; providerId: string | null }
  | { kind: 'failed'; provider: string; error: string; permanent: boolean; retryAfterMs?: number }
  | { kind: 'ambiguous'; provider: string; error: string };

export interface Channel {
  readonly name: string;
  send(request: SendRequest): Promise<SendOutcome>;
  /**
   * After an ambiguous attempt: queries whether the provider has the message. Returns the outcome, or null when it is unknown
   * (the message is then sent again and marked). Only for channels whose provider supports the query.
   */
  lookUp?(request: SendRequest): Promise<SendOutcome | null>;
  /** Changes a sent page in place; never makes a sound. */
  update?(request: UpdateRequest): Promise<SendOutcome>;
  /**
   * For a channel that repeats a page until it is answered, instead of `update`: stops the repeats. The provider identifies the
   * page by its key alone, so pages whose response was lost are stopped too.
   */
  silence?(request: Pick<SendRequest, 'idempotencyKey' | 'timeoutMs'>): Promise<SendOutcome>;
  /** Rate limits of this channel: per provider, and to one address. Excess messages wait in the ledger. */
  readonly limits?: { perSecond: number; perAddressPerMinute: number };
  /** Time within which the provider usually reports a message's result; unset for channels without receipts. */
  readonly confirmsWithinMs?: number;
}
