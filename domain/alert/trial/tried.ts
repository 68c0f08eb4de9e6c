/** What a trial knows, and what it says of one message. */
import type { Severity, Priority } from '../../config/terms.js';
import type { KeyFacts, Reason, SignalDecision } from '../decide-signal.js';
import type { IncidentOfGroup } from '../decide-grouping.js';
import type { Group } from '../group.js';
import type { InhibitingAlert, Muting } from '../inhibition.js';
import type { AlertSignal } from '../signal.js';
import type { SourceSpec } from '../source-spec.js';

export interface TrialSource {
  name: string;
  spec: Pick<SourceSpec, 'service' | 'routes' | 'acknowledge' | 'stormAfter' | 'format'>;
}

/** The record before the trial; a replay begins with none. */
export interface TrialRecord {
  keyFacts: (source: string, dedupKey: string) => Promise<KeyFacts>;
  triggers: (source: string, dedupKey: string) => Promise<string[]>;
  incidentOfGroup: (group: Group) => Promise<IncidentOfGroup | null>;
  firing: (muting: readonly Muting[]) => Promise<readonly InhibitingAlert[]>;
}

export const noRecord: TrialRecord = {
  keyFacts: () => Promise.resolve({ open: null, parkedResolve: null, lastClosed: null }),
  triggers: () => Promise.resolve([]),
  incidentOfGroup: () => Promise.resolve(null),
  firing: () => Promise.resolve([]),
};

export interface TrialIncident {
  id: string;
  number: string;
  title: string;
  service: string | null;
  teams: string[];
  /** Null: of the record, and not looked up. */
  priority: Priority | null;
  status: 'triggered' | 'resolved';
  resolvedAt: string | null;
  /** Of the record, and not of the trial. */
  isOld: boolean;
  open: Set<string>;
}

export interface TrialAlert {
  id: string;
  source: TrialSource;
  signal: AlertSignal;
  severity: Severity;
  service: string | null;
  team: string | null;
  status: 'open' | 'closed';
  incident: string | null;
  heldBy: string | null;
  heldUntil: string | null;
  /** The sentence of the stage that holds it. */
  heldBecause: string | null;
  triggers: readonly string[];
  firstAt: string;
  closedAt: string;
  body: string | null;
}

/** Why people are called; null: nobody is. */
export type Calls = 'opened' | 'reopened' | 'raised' | 'joined' | null;

export interface Placing {
  stages: Reason[];
  incident: TrialIncident | null;
  calls: Calls;
  priority: Priority | null;
  priorityReasons: string[];
}

/** `recordIncident`: the incident, on the record, of an alert that is open there and only counted. */
export interface Tried extends Placing {
  recordIncident: string | null;
  decision: SignalDecision['kind'];
  alert: TrialAlert | null;
  service: string | null;
}
