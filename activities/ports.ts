/** The effects that activities, channels and the pager need, as interfaces; `db/`, `channels/` and `egress/` fill them. */
import type { CheckSpec, DiagnosticSpec } from '../domain/config/specs.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import type { OutgoingMessage, PageMessage, PageStanding } from '../domain/delivery/message.js';
import type { SpendDecision, SpendLimits, SpendRefusal } from '../domain/delivery/spend.js';
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { Actor, Rung } from '../domain/incident/state.js';
import type { ApprovalAsk, RunbookSpec, RunState, StepState } from '../domain/runbook/definition.js';
import type { Claim, Execution, RunStanding } from '../domain/runbook/standing.js';
import type { PinnedStep } from '../domain/runbook/turn.js';

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
  /**
   * Asked before every further provider or post of the same attempt: somebody may have answered while the one before kept us
   * waiting (I5). Left out: it is.
   */
  stillWanted?: () => Promise<boolean>;
}

/** `message`: the page as it would read now; `providerId`: as `accepted` told it; `idempotencyKey`: that of the page. */
export interface UpdateRequest extends SendRequest {
  message: PageMessage;
  standing: PageStanding;
  providerId: string;
}

/**
 * What a provider said. `accepted`: it took responsibility. `failed`: it answered and did not take it, or we know that it
 * never saw it; `permanent` rules out a further attempt at the same address. `ambiguous`: it may or may not have it
 * (timeout or cut after the request was written, or a gateway that answers 504). A channel never throws for anything a provider does.
 */
export type SendOutcome =
  | { kind: 'accepted'; provider: string; providerId: string | null }
  | { kind: 'failed'; provider: string; error: string; permanent: boolean; retryAfterMs?: number }
  | { kind: 'ambiguous'; provider: string; error: string };

export interface Channel {
  readonly name: string;
  send(request: SendRequest): Promise<SendOutcome>;
  /**
   * After an ambiguous attempt: does the provider have it? Its answer, or null when it cannot tell (then it is sent again and
   * marked). Only channels whose provider can be asked have it.
   */
  lookUp?(request: SendRequest): Promise<SendOutcome | null>;
  /** Changes a page that was sent before in place; never makes a sound. */
  update?(request: UpdateRequest): Promise<SendOutcome>;
  /**
   * For a channel that repeats a page until somebody answers, instead of `update`: ends that. It is known to the provider by its
   * key alone, so what was sent by an attempt whose answer was lost ends too.
   */
  silence?(request: Pick<SendRequest, 'idempotencyKey' | 'timeoutMs'>): Promise<SendOutcome>;
  /** The most this channel may send: per provider, and to one address. Excess waits in the ledger. */
  readonly limits?: { perSecond: number; perAddressPerMinute: number };
  /** The provider tells what became of a message, mostly within this time; unset for channels without receipts. */
  readonly confirmsWithinMs?: number;
}

/** The in-app inbox of the practice organisation (channel `mailbox`); address = person's name. */
export interface MailboxPort {
  put(entry: {
    idempotencyKey: string;
    person: string;
    subject: string;
    text: string;
    link: string;
    message: OutgoingMessage;
  }): Promise<void>;
}

/** Counts what costs money per message, on the record, so that all processes share one limit. */
export interface SpendPort {
  /** Counts one message to this person today, or says why it may not be sent. */
  reserve(request: { person: string; isUrgent: boolean; limits: SpendLimits }): Promise<SpendDecision>;
  /** What was counted was not sent after all. */
  refund(person: string): Promise<void>;
  /** Counts a message that was held back for a reason that needed no count. */
  refused(because: SpendRefusal): Promise<void>;
}

/** What phone providers' callbacks told about attempts whose end nobody heard. */
export interface SightingPort {
  /** The provider's id of a message or call made for this ledger key; null when it never called back about one. */
  seen(tag: string, provider: string): Promise<string | null>;
}

/** An HTTP exchange through the one egress client. The answer's body is text, cut at `maxBytes`. */
export interface EgressRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  timeoutMs: number;
  /** Default 64 KiB. */
  maxBytes?: number;
}

/**
 * `refused`: the address is not allowed, nothing was sent. `unreachable`: no connection was made, nothing was sent.
 * `interrupted`: the request may have arrived, its answer did not.
 */
export type EgressOutcome =
  | {
      kind: 'answered';
      status: number;
      headers: Record<string, string>;
      body: string;
      truncated: boolean;
      ms: number;
    }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'interrupted'; reason: string };

/** A host that may be connected to, with the one address that was checked (pin it on the socket). */
export type ResolvedHost =
  { kind: 'allowed'; address: string; family: 4 | 6 } | { kind: 'refused'; reason: string };

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

/** The checks that an incident was frozen with. */
export interface DiagnosticPort {
  /** Null when there is no such check, or when its outcome is on the record. */
  owed(incidentId: string, name: string): Promise<DiagnosticSpec | null>;
}

/** What the record answered: with everything that has happened since `afterSeq`, so a caller can fold up to now. */
export type RecordReply =
  | { kind: 'accepted' | 'unchanged'; events: IncidentEvent[] }
  | { kind: 'refused'; code: string; detail: string; events: IncidentEvent[] };

/** The one door, as activities see it. Refusals are ordinary answers: the caller goes on from the newer events. */
export interface RecordPort {
  record(request: {
    incidentId: string;
    command: IncidentCommand;
    actor: Actor;
    afterSeq: number;
  }): Promise<RecordReply>;
}

/** The delivery ledger, as those who send see it (domain/delivery, reliability.md §3). */
export interface LedgerPort {
  takeDue(options: {
    incidentId: string | null;
    sender: string;
    lateMs: number;
    limit: number;
  }): Promise<LeasedDelivery[]>;
  leased(leases: string[]): Promise<LeasedDelivery[]>;
  mayStillSend(lease: string): Promise<boolean>;
  withdraw(delivery: Pick<LeasedDelivery, 'id' | 'lease' | 'attempt'>): Promise<void>;
  /** `confirmsWithinMs`: after an accepted one, a receipt is expected by then. */
  settle(delivery: LeasedDelivery, outcome: SendOutcome, confirmsWithinMs?: number | null): Promise<void>;
  /** Milliseconds until this incident next owes a delivery; null when nothing is owed. */
  nextDueMs(incidentId: string): Promise<number | null>;
}

/** Planning a page: who, by what, when; recorded and leased in one transaction. */
export interface PagingPort {
  page(request: {
    incidentId: string;
    track: string;
    due: Rung;
    afterSeq: number;
  }): Promise<RecordReply & { leases: string[] }>;
  /** Escalates every track whose current step has ended without reaching anybody; says what was recorded. */
  escalateDeadSteps(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
}

/** What an incident sets in motion besides pages. Each is idempotent. */
export interface ResponsePort {
  startRunbooks(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
  draftPostmortem(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
  remindReview(request: { incidentId: string; reminder: number; afterSeq: number }): Promise<RecordReply>;
  eventsAfter(incidentId: string, afterSeq: number): Promise<IncidentEvent[]>;
}

/** A run as the record pins it: the runbook, and what its expressions may look at, as of its start. */
export interface LoadedRun {
  incidentId: string;
  runbook: string;
  revision: number;
  spec: RunbookSpec;
  inputs: Record<string, string | number | boolean>;
  state: RunState;
  /** A drill or a dry run: external effects are simulated unless the step says `drill: true`. */
  simulated: boolean;
  startedBy: Actor;
  context: { incident: Record<string, unknown>; alert: Record<string, unknown> | null };
  /** What its steps have become by now. */
  steps: Record<string, PinnedStep>;
}

export interface StepAt extends Execution {
  incidentId: string;
}

/** What the record says about a step and its run. */
export interface StepStanding extends RunStanding {
  state: StepState;
  execution: number;
  text: string;
  outputs: Record<string, unknown>;
  /** How long ago it was begun, on the clock of the record; null when it was not. */
  sinceMs: number | null;
}

export type StepClaim = Exclude<Claim, { kind: 'ended' }> | { kind: 'ended'; standing: StepStanding };

export interface StepEnd {
  state: StepState;
  /** One sentence, at most 300 characters: it becomes part of an event. */
  text: string;
  outputs?: Record<string, unknown>;
  /** At most 16 KiB, redacted; kept beside the run, not in an event. */
  result?: unknown;
}

/** The record, as a run's workflow uses it. A late or repeated call changes nothing and is told what is true. */
export interface RunStorePort {
  load(runId: string): Promise<LoadedRun | null>;
  /** Asked right before acting; counts the attempt. */
  claim(at: StepAt): Promise<StepClaim>;
  /** Keeps what a failed attempt saw; the step goes on. */
  noteAttempt(at: StepAt, attempt: { result: unknown; error: string }): Promise<void>;
  finishStep(at: StepAt, end: StepEnd): Promise<StepStanding>;
  waitForStep(at: StepAt, text: string): Promise<StepStanding>;
  /** Its messages are planned in the same transaction. */
  requestApproval(
    at: StepAt,
    asked: { ask: ApprovalAsk; content: string; digest: string; expiresInMs: number | null },
  ): Promise<StepStanding>;
  standing(at: StepAt): Promise<StepStanding>;
  /** Ends what waits for people because its time is over; not when people were faster. */
  expire(at: StepAt): Promise<StepStanding>;
  runStanding(run: { incidentId: string; runId: string }): Promise<RunStanding>;
  /** Escalates the incident, once for this end of this step; whatever it answers, the run goes on. */
  escalate(at: StepAt, reason: string): Promise<void>;
  /** Ends a step that is left under way with its run, and says why in the record's words. */
  leaveStep(at: StepAt): Promise<void>;
  finishRun(run: { incidentId: string; runId: string; state: RunState }): Promise<void>;
}

/** Plans a `notice.sent` delivery to whom `to` names (`responders`, `person:…`, `team:…`). The same key is sent once. */
export interface NoticePort {
  notify(notice: {
    incidentId: string;
    to: string;
    text: string;
    key: string;
  }): Promise<{ people: string[] }>;
}

/** Proves that an activity of ours wrote a text; bound to `about`. */
export interface ProofPort {
  prove(about: string, text: string): string;
  isProven(about: string, text: string, proof: string): boolean;
}

/** `hosts`: the only ones it may be sent to. */
export type FoundSecret =
  { kind: 'secret'; value: string; hosts: readonly string[] } | { kind: 'unusable'; why: string };

/** Secrets by name; null when there is none. Their values never leave the activity that uses them. */
export interface SecretPort {
  find(name: string): Promise<FoundSecret | null>;
}
