/** A small organisation as YAML: one team of three, a policy, a service, two sources, a runbook. */
export const pagerdutyKey = 'pdpdpdpdpdpdpdpdpdpdpdpdpdpdpd01';

const person = (name: string, role: string): string => `apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@example.com
  timezone: Europe/Berlin
  role: ${role}
  contacts: [{name: mail, channel: email, address: ${name}@example.com}]
`;

export const organisation = [
  person('ana', 'admin'),
  person('bo', 'responder'),
  person('cleo', 'stakeholder'),
  `apiVersion: tocsin/v1
kind: Team
metadata: {name: checkout}
spec: {displayName: Checkout, discipline: development, timezone: Europe/Berlin, members: [ana, bo], managers: [ana]}
`,
  `apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: checkout}
spec: {team: checkout, repeat: 0, steps: [{notify: [{person: bo}], wait: 5m}, {notify: [{person: ana}], wait: 5m}]}
`,
  `apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout-db}
spec: {displayName: Checkout database, team: checkout, tier: 1, policy: checkout}
`,
  `apiVersion: tocsin/v1
kind: Source
metadata: {name: pager}
spec: {format: pagerduty-v2, service: checkout-db, key: ${pagerdutyKey}}
`,
  `apiVersion: tocsin/v1
kind: Source
metadata: {name: own}
spec: {format: generic, service: checkout-db}
`,
  `apiVersion: tocsin/v1
kind: Runbook
metadata: {name: look}
spec: {on: {manual: true}, timeout: 45m, inputs: {reason: {type: string, required: true}}, steps: [{id: look, manual: Look at it}]}
`,
].join('---\n');
