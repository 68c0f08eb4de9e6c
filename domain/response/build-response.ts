/** Builds an incident's response from service and priority, frozen with the revisions now in force. */
import { calledPolicies } from '../escalation/called-policies.js';
import type { ConfigDocument, ConfigSnapshot } from '../config/specs.js';
import type { Priority } from '../config/terms.js';
import type { PolicySpec } from '../escalation/policy-spec.js';
import type { EngagedEscalation } from '../incident/events.js';
import type { IncidentResponse, ResponseEscalation } from '../incident/response.js';
import type { PlannedReview } from '../postmortem/review-kind.js';
import { durationMs } from '../shared/duration.js';
import { bridgeAddress, type BridgeRoom } from './bridge.js';
import { planFor, resolvePlanFor } from './default-plan.js';

/** An incident without a service or owner goes to the organisation's catch-all at once. */
const nobodysPolicy: PolicySpec = { team: '', repeat: 0, steps: [] };

export function buildResponse(
  snapshot: ConfigSnapshot,
  serviceName: string | null,
  priority: Priority,
  room: BridgeRoom | null,
): IncidentResponse {
  const service = serviceName === null ? undefined : snapshot.get('Service', serviceName);
  const planDocument = snapshot.get('ResponsePlan', service?.spec.plan ?? 'default');
  const plan = planFor(planDocument?.spec, priority);
  const owner = service === undefined ? null : ownEscalation(snapshot, service, plan.disciplines);
  const engaged = plan.disciplines.flatMap(({ discipline, required }) =>
    snapshot
      .list('Team')
      .filter((team) => team.spec.discipline === discipline && team.name !== service?.spec.team)
      .map((team) => teamEscalation(snapshot, team.name, required)),
  );
  const escalations = [...(owner === null ? [] : [owner]), ...engaged];
  return {
    plan: planDocument === undefined ? null : { name: planDocument.name, revision: planDocument.revision },
    urgency: plan.urgency,
    ackTimeoutMs: durationMs(plan.ackTimeout),
    settleMs: durationMs(plan.settle),
    quietMs: durationMs(resolvePlanFor(planDocument?.spec).quiet),
    ...(plan.updates === null ? {} : { updatesEveryMs: durationMs(plan.updates.every) }),
    escalations: escalations.length > 0 ? escalations : [organisationEscalation],
    diagnostics: service?.spec.diagnostics ?? [],
    runbooks: runbooksFor(snapshot, serviceName, priority, plan.runbooks),
    postmortem: plan.postmortem,
    stakeholders: plan.stakeholders,
    bridge: bridgeAddress(plan.bridge, room),
    ...(plan.roles.length === 0 ? {} : { roles: plan.roles }),
  };
}

const organisationEscalation: ResponseEscalation = {
  name: 'organisation',
  team: 'organisation',
  discipline: 'organisation',
  required: false,
  policy: { name: 'catch-all', revision: 0, spec: nobodysPolicy },
};

function ownEscalation(
  snapshot: ConfigSnapshot,
  service: ConfigDocument<'Service'>,
  disciplines: { discipline: string; required: boolean }[],
): ResponseEscalation {
  const discipline = snapshot.get('Team', service.spec.team)?.spec.discipline;
  const required = disciplines.some((one) => one.discipline === discipline && one.required);
  return teamEscalation(snapshot, service.spec.team, required, service.spec.policy);
}

/** A team is paged by the named policy, the policy with the team's name, any policy it owns, or else all its members at once. */
function teamEscalation(
  snapshot: ConfigSnapshot,
  team: string,
  required: boolean,
  policyName?: string,
): ResponseEscalation {
  const policy =
    snapshot.get('EscalationPolicy', policyName ?? team) ??
    snapshot.list('EscalationPolicy').find((one) => one.spec.team === team);
  const everybody: PolicySpec = { team, repeat: 0, steps: [{ notify: [{ team }], wait: '5m' }] };
  const called = policy === undefined ? [] : calledPolicies(snapshot, policy.spec);
  return {
    name: team,
    team,
    discipline: snapshot.get('Team', team)?.spec.discipline ?? 'development',
    required,
    policy:
      policy === undefined
        ? { name: 'everybody', revision: 0, spec: everybody }
        : { name: policy.name, revision: policy.revision, spec: policy.spec },
    ...(called.length === 0 ? {} : { called }),
  };
}

/** The plan's runbooks, and those whose own `on` names this service (and priority, where they name one). */
function runbooksFor(
  snapshot: ConfigSnapshot,
  service: string | null,
  priority: Priority,
  planned: string[],
): IncidentResponse['runbooks'] {
  const offered = snapshot
    .list('Runbook')
    .filter(
      ({ spec: { on } }) =>
        service !== null &&
        on.service?.includes(service) === true &&
        (on.priority?.includes(priority) ?? true),
    );
  const named = planned.flatMap((name) => snapshot.get('Runbook', name) ?? []);
  const chosen = new Map([...named, ...offered].map((runbook) => [runbook.name, runbook.revision]));
  return [...chosen].map(([name, revision]) => ({ name, revision }));
}

/** The part of a response that events record. */
export const engagedEscalations = (response: IncidentResponse): EngagedEscalation[] =>
  response.escalations.map(({ name, team, discipline, required, policy }) => ({
    name,
    team,
    discipline,
    required,
    steps: policy.spec.steps.length,
    repeat: policy.spec.repeat,
  }));

/** What events record of the plan's review. `plan` is named where it is the reason that nobody reviews. */
export function plannedReview({ plan, postmortem }: IncidentResponse): PlannedReview {
  const { due: _due, ...planned } = postmortem;
  return planned.kind === 'none' && plan !== null ? { ...planned, plan: plan.name } : planned;
}

/** Time in which repeats of an alert are only counted after a person resolved it, by the plan in force now. */
export function stillFiringMs(snapshot: ConfigSnapshot, serviceName: string | null): number {
  const service = serviceName === null ? undefined : snapshot.get('Service', serviceName);
  const plan = snapshot.get('ResponsePlan', service?.spec.plan ?? 'default');
  return durationMs(resolvePlanFor(plan?.spec).stillFiring);
}
