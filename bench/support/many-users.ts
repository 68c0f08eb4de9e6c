/**
 * Many people with a service, a policy and a source each, for benchmarks that page more often than one person may be paged
 * (docs/sending.md). Every contact is a webhook at the sink.
 */
export interface ManyUser {
  service: string;
  /** Path for the alerts of this user's source. */
  path: string;
}

export const manyUsers = (size: number): ManyUser[] =>
  Array.from({ length: size }, (_, n) => ({ service: nameOf(n), path: `/in/${keyOf(n)}` }));

const nameOf = (n: number): string => `crowd-${n}`;
const keyOf = (n: number): string => `benchcrowdbenchcrowdbenchcr${String(n).padStart(5, '0')}`;

/** `settle`: how long a P3 waits for its resolve before it pages. */
export const manyUsersOrganisation = (sinkUrl: string, size: number, settle = '10s'): string => `
apiVersion: tocsin/v1
kind: Team
metadata: {name: crowd}
spec: {displayName: Crowd, discipline: development, timezone: Europe/Berlin, members: [crowd-0], managers: [crowd-0]}
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: default}
spec: {priorities: {P1: {settle: 0s, ackTimeout: 0s}, P3: {settle: ${settle}, ackTimeout: 0s}}}
${Array.from({ length: size }, (_, n) => member(sinkUrl, n)).join('')}`;

const member = (sinkUrl: string, n: number): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${nameOf(n)}}
spec:
  displayName: ${nameOf(n)}
  email: ${nameOf(n)}@bench.example
  timezone: Europe/Berlin
  role: responder
  contacts: [{name: hook, channel: webhook, address: "${sinkUrl}/${nameOf(n)}"}]
  rules: {high: [{after: 0s, contact: hook}], low: [{after: 0s, contact: hook}]}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${nameOf(n)}}
spec: {team: crowd, repeat: 0, steps: [{notify: [{person: ${nameOf(n)}}], wait: 12h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ${nameOf(n)}}
spec: {displayName: ${nameOf(n)}, team: crowd, tier: 1, group: {by: none}, policy: ${nameOf(n)}, plan: default}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: ${nameOf(n)}}
spec: {format: generic, service: ${nameOf(n)}, stormAfter: 1000000, key: ${keyOf(n)}}
`;
