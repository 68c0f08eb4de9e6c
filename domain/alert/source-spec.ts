/** Documents of kind Source. */
import type { Severity } from '../config/terms.js';
import type { Duration } from '../shared/duration.js';

export type SourceFormat = 'pagerduty-v2' | 'alertmanager' | 'grafana' | 'generic' | 'heartbeat';

/** A crontab line is read in a zone; days match by either day field when both are restricted, as in crontab(5). */
export type HeartbeatInterval = { every: Duration } | { cron: string; timezone: string };

export interface SourceSpec {
  format: SourceFormat;
  service?: string;
  routes?: { if: string; service: string }[];
  acknowledge?: boolean;
  /** Severity of a message whose format knows severities but that has none; `error` when omitted. */
  severity?: Severity;
  /** New incidents of one service within ten minutes before further ones are folded into one (domain/alert/storm.ts). */
  stormAfter?: number;
  /** Heartbeats only: when a ping is expected. */
  expect?: HeartbeatInterval;
  /** Heartbeats only: lateness of a ping that is still in time; 5m when omitted. */
  grace?: Duration;
  /** Time without a message after which the source itself is an alert; sources other than heartbeats. */
  quietAfter?: Duration;
  /** Time without a message about an alert after which it is closed as stale. */
  staleAfter?: Duration;
  /** 32 characters `[a-z0-9]`; only a hash is stored once applied. */
  key?: string;
}
