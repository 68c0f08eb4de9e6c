/**
 * The practice organisation: three teams, their people and schedules, two services, one runbook, one drill. Every
 * contact is the in-app mailbox, so nothing leaves the machine until a person sets a real channel.
 */
const person = (
  name: string,
  displayName: string,
  role: 'responder' | 'manager' | 'stakeholder',
): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${displayName}
  email: ${name}@practice.example
  timezone: Europe/Berlin
  role: ${role}
  contacts: [{name: inbox, channel: mailbox, address: ${name}}]
  rules:
    high: [{after: 0s, contact: inbox}]
    low: [{after: 0s, contact: inbox}]
`;

const team = (
  name: string,
  displayName: string,
  discipline: string,
  members: string[],
  manager: string,
): string => `---
apiVersion: tocsin/v1
kind: Team
metadata: {name: ${name}}
spec:
  displayName: ${displayName}
  discipline: ${discipline}
  timezone: Europe/Berlin
  members: [${members.join(', ')}]
  managers: [${manager}]
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: ${name}-primary}
spec:
  team: ${name}
  timezone: Europe/Berlin
  layers:
    - name: weekly
      people: [${members.join(', ')}]
      rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2026-01-05"}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${name}}
spec:
  team: ${name}
  repeat: 2
  steps:
    - {notify: [{schedule: ${name}-primary}], wait: 5m}
    - {notify: [{schedule: ${name}-primary, slot: next}, {person: ${manager}}], wait: 10m}
    - {notify: [{team: ${name}}], wait: 15m}
`;

export const practiceOrganisation = `${[
  `---
apiVersion: tocsin/v1
kind: Organisation
metadata: {name: default}
spec:
  displayName: Practice organisation
  timezone: Europe/Berlin
  catchAll: [{person: mira}]
`,
  person('ana', 'Ana Sorel', 'responder'),
  person('bo', 'Bo Lindqvist', 'responder'),
  person('cleo', 'Cleo Marsh', 'responder'),
  person('emil', 'Emil Okafor', 'responder'),
  person('faye', 'Faye Duarte', 'responder'),
  person('gus', 'Gus Petrov', 'responder'),
  person('mira', 'Mira Haddad', 'manager'),
  person('dana', 'Dana Whitfield', 'stakeholder'),
  team('checkout', 'Checkout', 'development', ['ana', 'bo', 'cleo'], 'mira'),
  team('platform', 'Platform', 'infrastructure', ['emil', 'faye'], 'mira'),
  team('trust', 'Trust and safety', 'security', ['gus'], 'mira'),
].join('')}---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout-db}
spec:
  displayName: Checkout database
  team: checkout
  tier: 1
  policy: checkout
  plan: default
  links: [{title: Dashboard, url: "https://grafana.example.com/d/checkout"}]
  diagnostics: [{name: name-service, check: {dns: example.com}}]
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: search}
spec:
  displayName: Search
  team: platform
  tier: 3
  policy: platform
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: default}
spec:
  priorities:
    P1:
      disciplines: [{discipline: infrastructure, required: true}]
      ackTimeout: 30m
      settle: 0s
      runbooks: [drain-replica]
      postmortem: {kind: full, quorum: {participants: 1, stakeholders: 1}, due: 3bd}
      stakeholders: [dana]
---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: drain-replica}
spec:
  on: {manual: true}
  inputs:
    host: {type: string, required: true, default: replica-2}
  timeout: 4h
  steps:
    - id: ask
      approve:
        from: ["team:checkout", "team:platform"]
        min: 1
        message: "Drain \${{ inputs.host }}? Reads move to the other replica for about ten minutes."
      timeout: 2h
      on-timeout: escalate
    - id: tell
      notify: {to: responders, text: "\${{ inputs.host }} is being drained."}
      drill: true
    - id: settle
      wait: 5s
    - id: verify
      manual: |
        - [ ] Replica lag is under 30 s
        - [ ] Canary writes succeed
      timeout: 2h
      end: true
---
apiVersion: tocsin/v1
kind: Drill
metadata: {name: replica-loss}
spec:
  service: checkout-db
  schedule: {cron: "0 14 * * tue#1", timezone: Europe/Berlin}
  inject: [{alert: {title: "Replica lag 900 s", severity: critical}}]
  expect:
    - {acknowledgedWithin: 30m, weight: 3}
    - {runbook: drain-replica, finishedWithin: 2h}
    - {reviewedWithin: 5bd}
  abortOn: {realIncident: [P1, P2]}
  maxDuration: 8h
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: try-it}
spec:
  format: generic
  service: checkout-db
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: search-probes}
spec:
  format: generic
  service: search
---
apiVersion: tocsin/v1
kind: Watch
metadata: {name: search-latency}
spec:
  service: search
  displayName: Search p95
  unit: ms
  source: {push: {source: search-probes}}
  expected: {value: 120}
  acceptable: {percent: 25}
  bands:
    - {beyond: 1, for: 10m, priority: P4}
    - {beyond: 2, for: 5m, priority: P2}
  noData: {for: 30d, priority: P4}
`;
