/** Documents of a single test: a service with a policy and a plan of its own, a team beside it, a source. */

export interface OwnService {
  /** Further cycles; default 0. */
  repeat?: number;
  /** The plan of P1, as YAML in one line. */
  plan?: string;
  /** The plan of every priority, instead of `plan`. */
  priorities?: string;
  /** The plan's `resolve`, as YAML in one line. */
  resolve?: string;
}

/** Service, policy and plan, all called `name`, of the team `checkout`; `steps` as YAML in one line. Tier 1: critical is P1. */
export const ownService = (
  name: string,
  steps: string,
  { repeat = 0, plan = '{}', priorities = `{P1: ${plan}}`, resolve }: OwnService = {},
): string => `---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${name}}
spec: {team: checkout, repeat: ${repeat}, steps: ${steps}}
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: ${name}}
spec: {priorities: ${priorities}${resolve === undefined ? '' : `, resolve: ${resolve}`}}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ${name}}
spec: {displayName: ${name}, team: checkout, tier: 1, group: {by: none}, policy: ${name}, plan: ${name}}
`;

/** A team of one discipline, paged by the policy of the same name. */
export const ownTeam = (name: string, discipline: string, members: string[], steps: string): string => `---
apiVersion: tocsin/v1
kind: Team
metadata: {name: ${name}}
spec: {displayName: ${name}, discipline: ${discipline}, timezone: UTC, members: [${members.join(', ')}], managers: [${members[0] ?? ''}]}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${name}}
spec: {team: ${name}, repeat: 0, steps: ${steps}}
`;

/** A source of the generic format whose alerts belong to the service of the same name. */
export const ownSource = (name: string, key: string): string => `---
apiVersion: tocsin/v1
kind: Source
metadata: {name: ${name}}
spec: {format: generic, service: ${name}, key: ${key}}
`;
