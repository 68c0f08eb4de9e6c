/** Documents of kind Source. */
import type { Severity } from '../config/terms.js';

export type SourceFormat = 'pagerduty-v2' | 'alertmanager' | 'grafana' | 'generic';

export interface SourceSpec {
  format: SourceFormat;
  service?: string;
  routes?: { if: string; service: string }[];
  acknowledge?: boolean;
  /** Severity of a message whose format knows severities but that has none; `error` when omitted. */
  severity?: Severity;
  /** New incidents of one service within ten minutes before further ones are folded into one (domain/alert/storm.ts). */
  stormAfter?: number;
  /** 32 characters `[a-z0-9]`; only a hash is stored once applied. */
  key?: string;
}
