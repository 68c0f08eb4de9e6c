/** The effects that activities, channels and the pager need, as interfaces; `db/`, `channels/` and `egress/` fill them. */
import type { CheckSpec } from '../domain/config/specs.js';
import type { OutgoingMessage } from '../domain/delivery/message.js';
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { Actor } from '../domain/incident/state.js';

/** One contact address a channel sends to. `secret` signs webhooks. */
export interface Destination {
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
}

/**
 * What a provider said. `accepted`: it took responsibility. `failed`: it answered and did not take it, or we know that it
 * never saw it; `permanent` rules out a further attempt at the same address. `ambiguous`: it may or may not have it
 * (timeout or cut after the request was written). A channel never throws for anything a provider does.
 */
export type SendOutcome =
  | { kind: 'accepted'; provider: string; providerId: string | null }
  | { kind: 'failed'; provider: string; error: string; permanent: boolean; retryAfterMs?: number }
  | { kind: 'ambiguous'; provider: string; error: string };

export interface Channel {
  readonly name: string;
  send(request: SendRequest): Promise<SendOutcome>;
}

/** The in-app inbox of the practice organisation (channel `mailbox`); address = person's name. */
export interface MailboxPort {
  put(entry: { idempotencyKey: string; person: string; subject: string; text: string; link: string; message: OutgoingMessage }): Promise<void>;
}

/** An HTTP exchange through the one egress client. Bodies are text, cut at `maxBytes`. */
export interface EgressRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
  /** Default 64 KiB. */
  maxBytes?: number;
}

/**
 * `refused`: the address is not allowed, nothing was sent. `unreachable`: no connection was made, nothing was sent.
 * `interrupted`: the request may have arrived, its answer did not.
 */
export type EgressOutcome =
  | { kind: 'answered'; status: number; headers: Record<string, string>; body: string; truncated: boolean; ms: number }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'interrupted'; reason: string };

/** A host that may be connected to, with the one address that was checked (pin it on the socket). */
export type ResolvedHost = { kind: 'allowed'; address: string; family: 4 | 6 } | { kind: 'refused'; reason: string };

export interface EgressPort {
  request(request: EgressRequest): Promise<EgressOutcome>;
  /** Address check for non-HTTP clients (tcp, tls, dns checks, SMTP). */
  resolve(host: string): Promise<ResolvedHost>;
}

export interface CheckOutcome {
  ok: boolean;
  /** One line, at most 200 characters: `200 in 31 ms`, `certificate ends in 3 days`. */
  summary: string;
  /** At most 1 KiB, redacted. */
  output: string;
  ms: number;
}

export interface CheckPort {
  run(check: CheckSpec, timeoutMs: number): Promise<CheckOutcome>;
}

/** What the record answered: with everything that has happened since `afterSeq`, so a caller can fold up to now. */
export type RecordReply =
  | { kind: 'accepted' | 'unchanged'; events: IncidentEvent[] }
  | { kind: 'refused'; code: string; detail: string; events: IncidentEvent[] };

/** The one door, as activities see it. Refusals are ordinary answers: the caller goes on from the newer events. */
export interface RecordPort {
  record(request: { incidentId: string; command: IncidentCommand; actor: Actor; afterSeq: number }): Promise<RecordReply>;
}
