/** Default response per priority, and the merge with a response plan. */
import type { Priority } from '../config/terms.js';
import { FULL_QUORUM, LIGHT_QUORUM } from '../postmortem/review-kind.js';
import type { PriorityPlan, ResolvePlan, ResponsePlanSpec } from './response-plan-spec.js';

const full = FULL_QUORUM;
const light = LIGHT_QUORUM;

type Varying = Pick<PriorityPlan, 'ackTimeout' | 'settle' | 'postmortem' | 'urgency'>;

/** `0s` means never for `ackTimeout`; `settle` is how long an alert may resolve by itself before anybody is paged. */
const varying: Record<Priority, Varying> = {
  P1: {
    ackTimeout: '30m',
    settle: '0s',
    postmortem: { kind: 'full', quorum: full, due: '3bd' },
    urgency: 'high',
  },
  P2: {
    ackTimeout: '1h',
    settle: '0s',
    postmortem: { kind: 'full', quorum: full, due: '5bd' },
    urgency: 'high',
  },
  P3: {
    ackTimeout: '0s',
    settle: '10s',
    postmortem: { kind: 'light', quorum: light, due: '10bd', unacknowledged: 'digest' },
    urgency: 'low',
  },
  P4: {
    ackTimeout: '0s',
    settle: '10s',
    postmortem: { kind: 'digest', quorum: light, due: '10bd' },
    urgency: 'low',
  },
  P5: {
    ackTimeout: '0s',
    settle: '10s',
    postmortem: { kind: 'digest', quorum: light, due: '10bd' },
    urgency: 'low',
  },
};

export function defaultPlan(priority: Priority): PriorityPlan {
  return {
    disciplines: [],
    bridge: false,
    runbooks: [],
    updates: null,
    roles: [],
    stakeholders: [],
    ...varying[priority],
  };
}

/** The plan in force for a priority: the built-in default overridden by the document's values. */
export function planFor(plan: ResponsePlanSpec | undefined, priority: Priority): PriorityPlan {
  const defaults = defaultPlan(priority);
  const said = Object.entries(plan?.priorities[priority] ?? {}).filter(([, value]) => value !== undefined);
  const merged: PriorityPlan = { ...defaults, ...Object.fromEntries(said) };
  return merged;
}

export const defaultResolve: ResolvePlan = { quiet: '30m', stillFiring: '0s' };

export const resolvePlanFor = (plan: ResponsePlanSpec | undefined): ResolvePlan => ({
  ...defaultResolve,
  ...plan?.resolve,
});
