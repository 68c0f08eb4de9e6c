/**
 * Decides what the end of an attempt changes on its ledger row and on the pages that its message bundled
 * (docs/reliability.md §3). Times are relative: the record's clock applies when the changes are written.
 */
import { type DeliveryState, moved } from './delivery-state.js';
import type { DeliveryType } from './message.js';
import { saysArrived, saysLost } from './receive-receipt.js';
import { type AttemptResult, FALLBACK_AFTER_ATTEMPTS, nextAttemptInMs } from './retry.js';

/** A row as read before the decision; the changes are written only if it is still the same. */
export interface AttemptedRow {
  type: DeliveryType;
  state: DeliveryState;
  lease: string | null;
  /** Why nothing more is sent: the page was answered meanwhile. */
  reason: string | null;
  receipt: string | null;
  attempts: number;
  /** An earlier attempt may have notified the person. */
  isDoubtful: boolean;
  /** Planned pages that go out with this row's message. */
  bundled: readonly BundledRow[];
}

interface BundledRow {
  id: string;
  /** Number of its incident. */
  number: string;
}

export interface EndedAttempt {
  lease: string;
  /** 1 for the first. */
  attempt: number;
  key: string;
  /** Number of the incident. */
  number: string;
  /** Numbers of the bundled incidents that this attempt's message listed. */
  listed: readonly string[];
}

export interface Changes {
  state: DeliveryState;
  reason: string | null;
  /** Null: not due again. */
  dueInMs: number | null;
  /** Time within which a receipt is expected; null for none. */
  confirmsInMs: number | null;
  bundled: BundledChanges[];
  nextContact: NextContact;
  /** No worker may know of the retry or of the end: an attempt by the pager is announced to the workers. */
  isNews: boolean;
}

interface BundledChanges {
  id: string;
  state: 'planned' | 'suppressed';
  reason: string | null;
  isSentInBundle: boolean;
  dueInMs: number | null;
  /** Stays bundled when an attempt may have delivered it: its next message is then marked as a possible repeat. */
  staysBundled: boolean;
}

/**
 * Which of the person's later contacts for the same page is tried now: none, one by another contact while this one keeps
 * retrying, or any, because this one has ended.
 */
type NextContact = 'none' | 'other' | 'any';

/**
 * An answered row never becomes due again; a last failure is `exhausted`. Bundled pages end with a message that was accepted,
 * are due at once when it failed, and stay bundled when its result is unknown. A sender that took over an expired lease
 * continues with the row. Of the attempt before, only "accepted" still counts, however late it is written: the page went
 * out, so the row ends, and a later attempt that has not started is dropped. Null: the row stays as it is.
 */
export function settle(
  row: AttemptedRow,
  attempt: EndedAttempt,
  outcome: AttemptResult,
  { leaseMs, confirmsWithinMs }: { leaseMs: number; confirmsWithinMs: number | null },
): Changes | null {
  if (!counts(row, attempt, outcome)) return null;
  const retryInMs = nextAttemptInMs(outcome, attempt);
  const state = moved(row.state, stateAfter(row, outcome, retryInMs));
  const isAccepted = outcome.kind === 'accepted';
  // Acknowledged while it was being sent: an accepted page went out all the same, so nothing was suppressed.
  const reason = isAccepted ? null : row.reason;
  const dueInMs = state === 'failed' && reason === null ? retryInMs : null;
  return {
    state,
    reason,
    dueInMs,
    confirmsInMs: isAccepted && row.receipt === null ? confirmsWithinMs : null,
    bundled: row.bundled.map((page) =>
      bundledAfter(page, row, attempt, outcome, { state, dueInMs, leaseMs }),
    ),
    nextContact: nextContactAfter(row, { state, reason, dueInMs }),
    isNews:
      (state === 'failed' || state === 'exhausted') &&
      reason === null &&
      row.type !== 'incident.event' &&
      row.type !== 'page.updated',
  };
}

function counts(row: AttemptedRow, { lease }: EndedAttempt, outcome: AttemptResult): boolean {
  if (row.lease === lease) return row.state === 'sending';
  return (
    outcome.kind === 'accepted' &&
    (row.state === 'sending' || row.state === 'failed' || row.state === 'exhausted') &&
    !saysLost(row.receipt)
  );
}

function stateAfter(row: AttemptedRow, outcome: AttemptResult, retryInMs: number | null): DeliveryState {
  // A receipt may overtake the provider's response; it is true also for an attempt without a known end.
  if (outcome.kind !== 'failed' && saysArrived(row.receipt)) return 'delivered';
  if (outcome.kind === 'accepted') return saysLost(row.receipt) ? 'failed' : 'accepted';
  return retryInMs === null && row.reason === null ? 'exhausted' : 'failed';
}

function bundledAfter(
  { id, number }: BundledRow,
  { isDoubtful }: AttemptedRow,
  attempt: EndedAttempt,
  outcome: AttemptResult,
  { state, dueInMs, leaseMs }: { state: DeliveryState; dueInMs: number | null; leaseMs: number },
): BundledChanges {
  // A page bundled only by a later attempt was not in this message.
  const wasInMessage = outcome.kind !== 'accepted' || attempt.listed.includes(number);
  if ((state === 'accepted' || state === 'delivered') && wasInMessage)
    return {
      id,
      state: moved('planned', 'suppressed'),
      reason: `bundled into ${attempt.number}'s page`,
      isSentInBundle: true,
      dueInMs: null,
      staysBundled: true,
    };
  return {
    id,
    state: 'planned',
    reason: null,
    isSentInBundle: false,
    // By then a sender has taken the retry over, and with it this page.
    dueInMs: outcome.kind === 'ambiguous' && dueInMs !== null ? dueInMs + leaseMs : 0,
    staysBundled: outcome.kind !== 'failed' || isDoubtful,
  };
}

/** The address is dead, or two attempts have failed. */
function nextContactAfter(
  { attempts }: AttemptedRow,
  { state, reason, dueInMs }: Pick<Changes, 'state' | 'reason' | 'dueInMs'>,
): NextContact {
  if (state === 'exhausted') return 'any';
  if (state !== 'failed' || reason !== null) return 'none';
  if (dueInMs === null) return 'any';
  return attempts >= FALLBACK_AFTER_ATTEMPTS ? 'other' : 'none';
}

/**
 * Ends an attempt that was never made: the page was answered first, or the lease ran out and the page stays due. Pages
 * bundled into it become due again. Null: another sender holds the row, which stays as it is.
 */
export function withdraw(row: AttemptedRow, { lease }: Pick<EndedAttempt, 'lease'>): Changes | null {
  if (row.lease !== lease || row.state !== 'sending') return null;
  const isAnswered = row.reason !== null;
  return {
    // An answered row that was sent before is not `suppressed`: that means never sent.
    state: moved(row.state, isAnswered && row.attempts === 1 ? 'suppressed' : 'failed'),
    reason: row.reason,
    dueInMs: isAnswered ? null : 0,
    confirmsInMs: null,
    bundled: row.bundled.map(({ id }) => ({
      id,
      state: 'planned',
      reason: null,
      isSentInBundle: false,
      dueInMs: 0,
      staysBundled: row.isDoubtful,
    })),
    nextContact: 'none',
    isNews: false,
  };
}
