/**
 * A small organisation as documents. `ana` is on call by schedule, `bo` and `cleo` come after her, `dana` is the
 * stakeholder who reviews, `root` is the admin, paged only by the catch-all. Every contact is a webhook of `phones`.
 */
import type { Phones } from './people.js';
import type { Api } from './api.js';

export const keys = {
  events: 'e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0',
  prometheus: 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
  generic: 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',
} as const;

export const people = ['ana', 'bo', 'cleo', 'dana', 'root'] as const;
export type PersonName = (typeof people)[number];

const roles: Record<PersonName, string> = {
  ana: 'responder',
  bo: 'responder',
  cleo: 'manager',
  dana: 'stakeholder',
  root: 'admin',
};

export const person = (name: string, role: string, url: string): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name[0]?.toUpperCase() ?? ''}${name.slice(1)}
  email: ${name}@example.com
  timezone: UTC
  role: ${role}
  contacts: [{name: hook, channel: webhook, address: "${url}"}]
  rules: {high: [{after: 0s, contact: hook}], low: [{after: 0s, contact: hook}]}
`;

/** Waits are long unless a test sets `wait`, so that no answer is in a hurry. */
export const organisation = (phones: Phones, { wait = '10m' }: { wait?: string } = {}): string =>
  `${people.map((name) => person(name, roles[name], phones.of(name).url)).join('')}---
apiVersion: tocsin/v1
kind: Organisation
metadata: {name: default}
spec: {displayName: Example, timezone: UTC, catchAll: [{person: root}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: checkout}
spec: {displayName: Checkout, discipline: development, timezone: UTC, members: [ana, bo, cleo], managers: [cleo]}
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: checkout-primary}
spec:
  team: checkout
  timezone: UTC
  layers: [{name: always, people: [ana], rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2026-01-05"}}]
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: checkout}
spec:
  team: checkout
  repeat: 1
  steps:
    - {notify: [{schedule: checkout-primary}], wait: ${wait}}
    - {notify: [{person: bo}], wait: ${wait}}
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: default}
spec:
  priorities:
    P1: {stakeholders: [dana]}
    P2: {stakeholders: [dana]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout-db}
spec: {displayName: Checkout database, team: checkout, tier: 1, group: {by: none}, policy: checkout, plan: default}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: events}
spec: {format: pagerduty-v2, service: checkout-db, key: ${keys.events}, stormAfter: 100000}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: prometheus}
spec: {format: alertmanager, service: checkout-db, key: ${keys.prometheus}, stormAfter: 100000}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: monitor}
spec: {format: generic, service: checkout-db, key: ${keys.generic}, stormAfter: 100000}
`;

/** Applies documents; fails with the api's error text. */
export async function apply(api: Api, ...documents: string[]): Promise<void> {
  const { status, text } = await api.call('POST', '/api/v1/config/apply', documents.join('\n'));
  if (status !== 200) throw new Error(`applying the documents answered ${status}: ${text}`);
}
