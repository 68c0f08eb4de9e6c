/** The small organisation that the benchmarks page: every contact is a webhook at the sink. */

export const sourceKey = 'benchbenchbenchbenchbenchbench00';

/**
 * `ana` is on call, `bo` is in her team, `dana` is the stakeholder who reviews. The wait is longer than any
 * benchmark, so an alert pages exactly once.
 */
export const organisation = (sinkUrl: string): string => `
${['ana', 'bo', 'dana'].map((name) => person(name, sinkUrl)).join('')}---
apiVersion: tocsin/v1
kind: Team
metadata: {name: bench}
spec: {displayName: Bench, discipline: development, timezone: Europe/Berlin, members: [ana, bo], managers: [ana]}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: bench}
spec:
  team: bench
  repeat: 0
  steps: [{notify: [{person: ana}], wait: 12h}]
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: default}
spec: {priorities: {P1: {stakeholders: [dana]}}}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: bench}
spec: {displayName: Bench, team: bench, tier: 1, group: {by: none}, policy: bench, plan: default}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: bench}
spec: {format: generic, service: bench, stormAfter: 1000000, key: ${sourceKey}}
`;

const person = (name: string, sinkUrl: string): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@bench.example
  timezone: Europe/Berlin
  role: responder
  contacts: [{name: hook, channel: webhook, address: "${sinkUrl}/${name}"}]
  rules: {high: [{after: 0s, contact: hook}], low: [{after: 0s, contact: hook}]}
`;
