/** Interfaces of the effects that activities, channels and the pager need; `db/`, `channels/` and `egress/` implement them. */
import type { CheckSpec, DiagnosticSpec } from '../domain/config/specs.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import type { OutgoingMessage, PageMessage, PageStatus } from '../domain/delivery/message.js';
import type { SpendDecision, SpendLimits, SpendRefusal } from '../domain/delivery/spend.js';
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { Actor, StepRef } from '../domain/incident/state.js';
import type { ApprovalPrompt, RunbookSpec, RunState, StepState } from '../domain/runbook/definition.js';
import type { Claim, Execution, RunStatus } from '../domain/runbook/run-status.js';
import type { PinnedStep } from '../domain/runbook/due-step.js';

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
   * Checked before every further provider or post of the same attempt: a person may have answered during the previous one
   * (docs/reliability.md I5). Omitted: always true.
   */
  stillWanted?: () => Promise<boolean>;
}

/** `message`: the page as it would read now; `providerId`: from the `accepted` outcome; `idempotencyKey`: that of the page. */
export interface UpdateRequest extends SendRequest {
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

/** Counts messages that cost money on the record, so that all processes share one limit. */
export interface SpendPort {
  /** Counts one message to this person today, or returns the reason why it may not be sent. */
  reserve(request: { person: string; isUrgent: boolean; limits: SpendLimits }): Promise<SpendDecision>;
  /** Reverts the count of a message that was not sent. */
  refund(person: string): Promise<void>;
  /** Counts a message refused for a reason that needed no reservation. */
  refused(because: SpendRefusal): Promise<void>;
}

/** Callbacks of phone providers about attempts without a known outcome. */
export interface PhoneCallbackPort {
  /** The provider's id of a message or call with this ledger key; null when no callback named one. */
  seen(tag: string, provider: string): Promise<string | null>;
}

/** An HTTP exchange through the single egress client. The response body is text, cut at `maxBytes`. */
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
 * `interrupted`: the request may have arrived, its response did not.
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

/** A permitted host with the one checked address (pin it on the socket). */
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
  /** Null when there is no such check, or when its outcome is recorded. */
  due(incidentId: string, name: string): Promise<DiagnosticSpec | null>;
}

/** The record's reply, with all events since `afterSeq`, so that a caller can fold up to now. */
export type RecordReply =
  | { kind: 'accepted' | 'unchanged'; events: IncidentEvent[] }
  | { kind: 'refused'; code: string; detail: string; events: IncidentEvent[] };

/** The record's command interface for activities. Refusals are ordinary replies: the caller continues from the newer events. */
export interface RecordPort {
  record(request: {
    incidentId: string;
    command: IncidentCommand;
    actor: Actor;
    afterSeq: number;
  }): Promise<RecordReply>;
}

/** The delivery ledger as senders use it (domain/delivery, docs/reliability.md §3). */
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
  /** `confirmsWithinMs`: after an accepted attempt, a receipt is expected within this time. */
  settle(delivery: LeasedDelivery, outcome: SendOutcome, confirmsWithinMs?: number | null): Promise<void>;
  /** Milliseconds until this incident's next delivery is due; null when none is pending. */
  nextDueMs(incidentId: string): Promise<number | null>;
}

/** Plans a page (people, contacts, times), recorded and leased in one transaction. */
export interface PagingPort {
  page(request: {
    incidentId: string;
    escalation: string;
    due: StepRef;
    afterSeq: number;
  }): Promise<RecordReply & { leases: string[] }>;
  /** Escalates every escalation whose current step has ended without reaching a person; returns the recorded events. */
  escalateDeadSteps(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
}

/** Parts of an incident's response other than pages. Each is idempotent. */
export interface ResponsePort {
  startRunbooks(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
  draftPostmortem(request: { incidentId: string; afterSeq: number }): Promise<RecordReply>;
  remindReview(request: { incidentId: string; reminder: number; afterSeq: number }): Promise<RecordReply>;
  eventsAfter(incidentId: string, afterSeq: number): Promise<IncidentEvent[]>;
}

/** A run as pinned on the record: the runbook, and the variables of its expressions, as of its start. */
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
  /** Current states of its steps. */
  steps: Record<string, PinnedStep>;
}

export interface StepAt extends Execution {
  incidentId: string;
}

/** State of a step and its run on the record. */
export interface StepStatus extends RunStatus {
  state: StepState;
  execution: number;
  text: string;
  outputs: Record<string, unknown>;
  /** Time since its start, on the record's clock; null when it was not started. */
  sinceMs: number | null;
}

export type StepClaim = Exclude<Claim, { kind: 'ended' }> | { kind: 'ended'; status: StepStatus };

export interface StepEnd {
  state: StepState;
  /** One sentence, at most 300 characters: it becomes part of an event. */
  text: string;
  outputs?: Record<string, unknown>;
  /** At most 16 KiB, redacted; stored with the run, not in an event. */
  result?: unknown;
}

/** The record as a run's workflow uses it. A late or repeated call changes nothing and returns the current state. */
export interface RunStorePort {
  load(runId: string): Promise<LoadedRun | null>;
  /** Called immediately before acting; counts the attempt. */
  claim(at: StepAt): Promise<StepClaim>;
  /** Stores the result of a failed attempt; the step continues. */
  noteAttempt(at: StepAt, attempt: { result: unknown; error: string }): Promise<void>;
  finishStep(at: StepAt, end: StepEnd): Promise<StepStatus>;
  waitForStep(at: StepAt, text: string): Promise<StepStatus>;
  /** Its messages are planned in the same transaction. */
  requestApproval(
    at: StepAt,
    asked: { ask: ApprovalPrompt; content: string; digest: string; expiresInMs: number | null },
  ): Promise<StepStatus>;
  status(at: StepAt): Promise<StepStatus>;
  /** Ends a step that waits for people because its time is over, unless it was answered before. */
  expire(at: StepAt): Promise<StepStatus>;
  runStatus(run: { incidentId: string; runId: string }): Promise<RunStatus>;
  /** Escalates the incident, once for this end of this step; the run continues whatever the result. */
  escalate(at: StepAt, reason: string): Promise<void>;
  /** Ends a step that is still under way together with its run, with the record's reason. */
  abandonStep(at: StepAt): Promise<void>;
  finishRun(run: { incidentId: string; runId: string; state: RunState }): Promise<void>;
}

/**
 * Plans a `notice.sent` delivery to the people that `to` names (`responders`, `person:…`, `team:…`). The same key is sent once.
 */
export interface NoticePort {
  notify(notice: {
    incidentId: string;
    to: string;
    text: string;
    key: string;
  }): Promise<{ people: string[] }>;
}

/** Proves that one of our activities wrote a text; bound to `about`. */
export interface ProofPort {
  prove(about: string, text: string): string;
  isProven(about: string, text: string, proof: string): boolean;
}

/** `hosts`: the only hosts it may be sent to. */
export type FoundSecret =
  { kind: 'secret'; value: string; hosts: readonly string[] } | { kind: 'unusable'; why: string };

/** Secrets by name; null when there is none. Values never leave the activity that uses them. */
export interface SecretPort {
  find(name: string): Promise<FoundSecret | null>;
}
