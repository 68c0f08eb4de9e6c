/** Additional documents of the recorded runs: services that behave as the name of the recording says. */
const runbook = (name: string, steps: string): string => `---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: ${name}}
spec:
  timeout: 5m
  steps: ${steps}
`;

/** A service with a policy and a plan of its own, all called `name`. */
const service = (
  name: string,
  { steps = '[{notify: [{person: ana}], wait: 1h}]', priorities = 'P1: {}', more = '' },
): string => `---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${name}}
spec: {team: checkout, repeat: 0, steps: ${steps}}
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: ${name}}
spec: {priorities: {${priorities}}}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ${name}}
spec: {displayName: ${name}, team: checkout, tier: 1, group: {by: none}, policy: ${name}, plan: ${name}${more}}
`;

export const settlingKey = 'c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3';

export const documents = [
  service('impatient', {
    steps: '[{notify: [{person: ana}], wait: 1s}, {notify: [{person: bo}], wait: 1h}]',
    priorities: 'P1: {ackTimeout: 2s}',
  }),
  service('settling', { priorities: 'P1: {settle: 1m}' }),
  `---
apiVersion: tocsin/v1
kind: Source
metadata: {name: settling}
spec: {format: generic, service: settling, key: ${settlingKey}}
`,
  `---
apiVersion: tocsin/v1
kind: Team
metadata: {name: trust}
spec: {displayName: Trust, discipline: security, timezone: UTC, members: [bo, cleo], managers: [cleo]}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: trust}
spec: {team: trust, repeat: 0, steps: [{notify: [{person: bo}], wait: 1s}, {notify: [{person: cleo}], wait: 1h}]}
`,
  service('vault', {
    priorities: 'P1: {disciplines: [{discipline: security, required: true}], stakeholders: [dana]}',
  }),
  service('guarded', {
    priorities: 'P1: {runbooks: [approve], stakeholders: [dana]}',
    more: ', diagnostics: [{name: port, check: {tcp: "127.0.0.1", port: 1}}, {name: name, check: {dns: localhost}}]',
  }),
  service('hasty', { priorities: 'P1: {runbooks: [hasty]}' }),
  service('broken', { priorities: 'P1: {runbooks: [goto]}' }),
  service('rising', { priorities: 'P1: {runbooks: [approve]}, P5: {settle: 0s}' }),
  runbook(
    'approve',
    `
    - {id: look, check: {tcp: "127.0.0.1", port: 1}, on-failure: continue}
    - {id: ok, approve: {from: ["person:ana"], message: "Drain it?"}, timeout: 5m}
    - {id: tell, notify: {to: "person:bo", text: "Draining"}}
    - {id: verify, manual: "Canary writes succeed"}`,
  ),
  runbook(
    'hasty',
    `
    - {id: ok, approve: {from: ["person:ana"], message: "Quick?"}, timeout: 1s, on-timeout: continue}
    - {id: rest, wait: 1s}`,
  ),
  runbook(
    'goto',
    `
    - {id: alive, check: {tcp: "127.0.0.1", port: 1}, retry: {attempts: 2, delay: 1s}, on-failure: "goto:by-hand"}
    - {id: passed-over, wait: 1m}
    - {id: by-hand, manual: "Restart it"}`,
  ),
  `---
apiVersion: tocsin/v1
kind: Drill
metadata: {name: lag}
spec:
  service: checkout-db
  surprise: true
  inject:
    - {alert: {title: "Replica lag 900 s", severity: critical}}
    - {after: 1s, alert: {title: "Replica lag 1800 s", severity: critical}}
  expect: [{acknowledgedWithin: 5m}, {reviewedWithin: 5bd}]
  maxDuration: 1h
`,
];
