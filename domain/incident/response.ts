/** The response to an incident, frozen when it was triggered (or its priority rose): the workflow's input. */
import type { DiagnosticSpec } from '../config/service-spec.js';
import type { Urgency } from '../config/terms.js';
import type { PolicySpec } from '../escalation/policy-spec.js';
import type { PriorityPlan } from '../response/response-plan-spec.js';

export interface ResponseEscalation {
  name: string;
  team: string;
  discipline: string;
  required: boolean;
  policy: NamedPolicy;
  /** The policies that this one calls, directly or indirectly, frozen with it. */
  called?: NamedPolicy[];
}

export interface NamedPolicy {
  name: string;
  revision: number;
  spec: PolicySpec;
}

export interface IncidentResponse {
  plan: { name: string; revision: number } | null;
  urgency: Urgency;
  ackTimeoutMs: number;
  settleMs: number;
  /** The plan's `resolve.quiet`. */
  quietMs?: number;
  /** The plan's `updates.every`; absent: none. */
  updatesEveryMs?: number;
  escalations: ResponseEscalation[];
  diagnostics: DiagnosticSpec[];
  /** Runbooks started at triage. */
  runbooks: { name: string; revision: number }[];
  postmortem: PriorityPlan['postmortem'];
  stakeholders: string[];
  bridge: string | null;
  /** Roles that the plan asks for; absent: none. */
  roles?: string[];
}
