/** People read display names: no slug of a person, team, service, policy, schedule, plan, runbook or drill stands in a page or a message. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { IncidentReply } from '../../contracts/api/incident.js';
import { person } from '../harness/fixtures.js';
import type { Received } from '../harness/people.js';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const Id = z.looseObject({ id: z.string() });

/** Every slug begins with it, no display name contains it. */
const SLUG = /qx-[a-z-]+/g;

let stack: TestStack;
let number: string;
let page: Received;
let cookie: string;
let silence: string;

const documents = (
  url: string,
): string => `${person('qx-ana', 'manager', url).replace('Qx-ana', 'Ana Sorel')}${person('qx-bo', 'responder', url).replace('Qx-bo', 'Bo Lind')}---
apiVersion: tocsin/v1
kind: Team
metadata: {name: qx-team}
spec: {displayName: Shop floor, discipline: development, timezone: UTC, members: [qx-ana, qx-bo], managers: [qx-ana]}
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: qx-schedule}
spec:
  displayName: First line
  team: qx-team
  timezone: UTC
  layers: [{name: always, people: [qx-ana], rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2026-01-05"}}]
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: qx-nobody}
spec:
  displayName: Second line
  team: qx-team
  timezone: UTC
  layers: [{name: always, people: [], rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2026-01-05"}}]
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: qx-policy}
spec:
  displayName: Shop, around the clock
  team: qx-team
  steps:
    - {notify: [{schedule: qx-nobody}], wait: 10m}
    - {notify: [{schedule: qx-schedule}], wait: 10m}
    - {notify: [{team: qx-team}, {person: qx-bo}], wait: 10m}
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: qx-plan}
spec:
  displayName: Ordinary response
  priorities:
    P1: {runbooks: [qx-runbook]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: qx-network}
spec: {displayName: Backbone, team: qx-team, tier: 1}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: qx-service}
spec: {displayName: Tills, team: qx-team, tier: 1, group: {by: none}, policy: qx-policy, plan: qx-plan, dependsOn: [qx-network]}
---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: qx-runbook}
spec:
  displayName: Restart the tills
  steps:
    - {id: ok, approve: {from: ["team:qx-team"], message: "Restart them?"}, timeout: 1h}
---
apiVersion: tocsin/v1
kind: Drill
metadata: {name: qx-drill}
spec:
  displayName: Tills go dark
  service: qx-service
  inject: [{alert: {title: Rehearsed, severity: info}}]
  expect: [{runbook: qx-runbook, finishedWithin: 10m}]
  maxDuration: 1h
`;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(documents(stack.phones.of('qx-ana').url));
  const [from, to] = [-1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
  ({ id: silence } = await stack.tocsin.ask(Id, 'POST', '/api/v1/silences', {
    matchers: ['title = Never sent'],
    teams: ['qx-team'],
    until: to,
    reason: 'test',
  }));
  await stack.tocsin.ask(Id, 'POST', '/api/v1/drills/qx-drill/start', {});
  ({ number } = await stack.tocsin.ask(IncidentReply, 'POST', '/api/v1/incidents', {
    title: 'Cards are refused',
    service: 'qx-service',
    severity: 'critical',
    person: 'cleo',
  }));
  page = await stack.phones.of('qx-ana').expectsPage(number);
  await stack.untilKind(number, 'approval_requested');
  await stack.tocsin.ask(Id, 'POST', '/api/v1/maintenance', {
    services: ['qx-network'],
    from,
    to,
    reason: 'test',
  });
  cookie = await signIn(stack.tocsin, 'qx-ana');
}, 90_000);
afterAll(() => stack.end());

/** What a reader sees: neither tags with their attributes, nor YAML, code and typed text. Addresses of mail and webhooks are no slugs. */
const visible = (html: string): string =>
  html
    .replace(/<(code|pre|textarea|style|script)\b[^>]*>.*?<\/\1>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\S+@example\.com|https?:\/\/\S+/g, ' ')
    .replace(/\s+/g, ' ');

const labels = (html: string): string =>
  [...html.matchAll(/\b(?:aria-label|title|alt)="([^"]*)"/g)].map(([, text = '']) => text).join('\n');

const read = async (path: string): Promise<string> => {
  const response = await fetch(new URL(path, stack.tocsin.url), { headers: { cookie }, redirect: 'manual' });
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
};

const about = (text: string): string[] => [...new Set(text.match(SLUG) ?? [])];

describe('no slug is shown', () => {
  it.each([
    '/incidents',
    '/incidents?show=all',
    '/incidents/:number',
    '/on-call',
    '/policies',
    '/policies/qx-policy',
    '/policies/qx-policy?show=simulation&at=2026-03-01+03%3A00&priority=P1&service=qx-service',
    '/drills',
    '/silences',
    '/silences/:silence',
    '/maintenance',
    '/reviews',
    '/heartbeats',
    '/profile',
  ])('on %s', async (path) => {
    const html = await read(path.replace(':number', number).replace(':silence', silence));
    expect(about(visible(html))).toEqual([]);
    expect(about(labels(html))).toEqual([]);
  });

  it('on the page of a link', async () => {
    const html = await read(new URL(page.body.data.links.respond).pathname);
    expect(visible(html)).toContain('Tills');
    expect(about(visible(html))).toEqual([]);
  });

  it('in sentences of the timeline', async () => {
    const sentences = (await stack.timeline(number)).map(({ text }) => text).join('\n');
    expect(sentences).toContain('on Tills');
    expect(sentences).toContain('started runbook Restart the tills');
    expect(sentences).toContain('nobody is on call in schedule Second line');
    expect(about(sentences)).toEqual([]);
  });

  it('in refusals', async () => {
    const { json } = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/escalate`, {
      escalation: 'qx-team',
      step: 9,
    });
    const { detail } = z.looseObject({ detail: z.string() }).parse(json);
    expect(detail).toContain('Shop floor has steps 1 to 3');
    expect(about(detail)).toEqual([]);
  });
});

it('a program still reads slugs', async () => {
  expect(await stack.incident(number)).toMatchObject({ service: 'qx-service', team: 'qx-team' });
  expect(page.body.data.incident).toMatchObject({ service: 'qx-service' });
});
