/** One message about an alert in the form shared by all inbound formats (docs/domain.md, Words: "alert signal"). */
import type { Severity } from '../config/terms.js';

export type SignalAction = 'trigger' | 'acknowledge' | 'resolve';

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json };

export interface SignalLink {
  title: string;
  /** http or https only, because people click it. */
  url: string;
}

export interface AlertSignal {
  action: SignalAction;
  /** 1 to 255 characters; identifies the alert together with the source. Formats cut longer keys and append a hash. */
  dedupKey: string;
  /** 1 to 1024 characters. An acknowledge or resolve without a title has its dedup key here. */
  title: string;
  severity: Severity;
  description?: string;
  /** Without a prototype, because senders choose the names. */
  labels: Record<string, string>;
  links: SignalLink[];
  /** The sender's clock, ISO 8601 in UTC; null when the message has none. */
  occurredAt: string | null;
  /**
   * Start of the condition by the sender's clock, for senders that repeat a state instead of an event (Alertmanager's
   * `startsAt`): it stays the same for as long as the condition holds, even when it is reported again after a resolve.
   */
  startedAt?: string | null;
  /** The sender's name for the group of this alert. */
  groupKey?: string;
  /** The alert closes automatically at this instant unless it is sent again (Alertmanager's future `endsAt`). */
  resolveAt?: string | null;
  /** The sending program's name for itself. */
  client?: string;
  /** All other fields of the message, at most 16 KiB (see `capDetail`). */
  detail: Json;
  /** Missing or invalid fields and the defaults used instead, for people. */
  notes?: string[];
}

/** A sender's statement about the whole group of one notification. */
export interface GroupNotice {
  key: string;
  /** Every alert of the group has ended. */
  isOver: boolean;
  /** Number of alerts that the sender omitted from the notification, firing and ended. */
  truncated: number;
}
