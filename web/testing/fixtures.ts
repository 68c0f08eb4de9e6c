/** One paged incident and its views, for the tests of pages. */
import type { OpenedLink } from '../../db/reply/link-store.js';
import type { PostmortemReply } from '../../db/postmortem/postmortem-view.js';
import type { RunView } from '../../db/runbook/run-view.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { noPostmortem } from '../../domain/postmortem/fold-review.js';
import type { LinkView } from '../links/link-frame.js';
import type { PageLinkView } from '../links/page-view.js';

const now = '2026-11-22T22:15:00.000Z';
const began = '2026-11-22T22:10:00.000Z';

const names = new Map([
  ['ana', 'Ana Sorel'],
  ['bo', 'Bo Lindqvist'],
  ['dana', 'Dana Whitfield'],
]);

export const incident: IncidentState = {
  id: '0190a000-0000-7000-8000-000000000001',
  seq: 4,
  number: 'INC-42',
  title: 'Replica lag 900 s',
  service: 'checkout-db',
  team: 'checkout',
  severity: 'critical',
  priority: 'P1',
  priorityReasons: ['severity critical', 'service checkout-db is tier 1 (vital)'],
  priorityBy: null,
  status: 'triggered',
  drill: null,
  commander: null,
  roles: {},
  responders: [
    {
      person: 'ana',
      team: 'checkout',
      discipline: 'development',
      required: false,
      pagedAt: began,
      acknowledgedAt: null,
    },
    {
      person: 'bo',
      team: 'checkout',
      discipline: 'development',
      required: false,
      pagedAt: began,
      acknowledgedAt: null,
    },
  ],
  escalations: [
    {
      name: 'checkout',
      team: 'checkout',
      discipline: 'development',
      required: false,
      steps: 3,
      repeat: 2,
      cycle: 0,
      step: 1,
      phase: 'waiting',
      nextAt: '2026-11-22T22:20:00.000Z',
      named: null,
      paged: ['ana', 'bo'],
      awaiting: [],
      answers: [],
    },
  ],
  ackTimeoutMs: 1_800_000,
  ackExpiresAt: null,
  snoozedUntil: null,
  alertsOpen: 2,
  alertsTotal: 2,
  resolutionProposed: false,
  runs: {},
  postmortem: noPostmortem,
  mergedInto: null,
  createdAt: began,
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedAt: null,
  resolvedBy: null,
  closedAt: null,
};

const response: IncidentResponse = {
  plan: null,
  urgency: 'high',
  ackTimeoutMs: 1_800_000,
  settleMs: 0,
  escalations: [],
  diagnostics: [],
  runbooks: [],
  postmortem: { kind: 'full', quorum: { participants: 1, stakeholders: 1 }, due: '3bd' },
  stakeholders: [],
  bridge: 'https://meet.example.com/inc-42',
};

export const openedLink = (change: Partial<OpenedLink> = {}): OpenedLink => ({
  hash: Buffer.alloc(32),
  kind: 'page',
  person: { name: 'ana', displayName: 'Ana Sorel', timezone: 'Europe/Berlin', active: true },
  subject: {},
  createdAt: began,
  expiresAt: null,
  revokedAt: null,
  usedAt: null,
  usedFor: null,
  incident,
  response,
  now,
  ...change,
});

export const linkView = (link: OpenedLink = openedLink()): LinkView => ({
  link,
  nonce: 'a-nonce-of-22-letters.',
  names,
  flash: null,
  typed: {},
  wrong: null,
});

export const pageView = (link: OpenedLink = openedLink()): PageLinkView => ({
  ...linkView(link),
  alerts: [1, 2].map((n) => ({
    id: `0190a000-0000-7000-8000-00000000010${n}`,
    source: 'prometheus',
    dedupKey: `lag-${n}`,
    status: 'open',
    title: `Replica db-${n} lags 900 s (threshold 30 s)`,
    firstTitle: `Replica db-${n} lags 900 s (threshold 30 s)`,
    description: 'Writes wait for it, see https://wiki.example.com/replicas.',
    details: { threshold: '30 s', region: 'eu-1' },
    client: null,
    incident: incident.id,
    heldBy: null,
    severity: 'critical',
    service: 'checkout-db',
    labels: { alertname: 'ReplicaLag', instance: `db-${n}:9100`, severity: 'critical', value: '900' },
    links: [{ title: 'Graph', url: 'https://prometheus.example.com/graph' }],
    count: 3,
    firstAt: began,
    lastAt: now,
    closedAt: null,
  })),
  diagnostics: [{ seq: 3, name: 'health', ok: false, summary: 'HTTP 503', output: 'no upstream', at: began }],
  dashboards: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/checkout' }],
  previews: incident.escalations.map((escalation) => ({
    escalation,
    previews: [],
    next: {
      cycle: 0,
      step: 2,
      at: escalation.nextAt,
      preview: { step: 2, catchAll: false, wait: '10m', people: ['bo', 'dana'], gaps: [] },
    },
  })),
  declinedAt: null,
  steps: [],
  answers: new Map(),
  mayRespond: true,
  handOver: [
    { value: 'bo', text: 'Bo Lindqvist' },
    { value: 'dana', text: 'Dana Whitfield' },
  ],
});

export const approval = {
  id: '0190a000-0000-7000-8000-000000000200',
  message: 'Drain replica-2?',
  from: ['team:checkout'],
  min: 2,
  twoPerson: true,
  digest: 'd1'.repeat(32),
  expiresAt: '2026-11-23T00:10:00.000Z',
  outcome: 'pending' as const,
  decisions: [{ person: 'bo', decision: 'approve' as const, comment: 'go', at: began }],
};

export const run: RunView = {
  id: '0190a000-0000-7000-8000-000000000300',
  runbook: 'drain-replica',
  revision: 4,
  incident: incident.id,
  state: 'waiting',
  dryRun: false,
  inputs: { host: 'replica-2' },
  startedBy: 'tocsin',
  startedAt: began,
  finishedAt: null,
  steps: [],
};

export const postmortem: PostmortemReply = {
  incident: { id: incident.id, number: 'INC-42', title: incident.title, status: 'resolved' },
  status: 'in_review',
  kind: 'full',
  revision: 3,
  author: 'bo',
  sections: {
    summary: 'The replica lagged by 900 s.',
    systemsAffected: '- Checkout database',
    usersAffected: 'unknown',
    rootCauses: 'The nightly export had no limit.',
    wentWell: 'The page arrived at once.',
    wentBadly: 'The dashboard hid the replica.',
    lessons: 'Exports need a budget.',
  },
  missing: [],
  timeline: Array.from({ length: 30 }, (_, n) => ({
    seq: n + 1,
    at: began,
    kind: 'noted' as const,
    actor: 'ana',
    text: `ana: looked at panel ${n + 1} until 2026-11-22T22:12:00.000Z`,
  })),
  notificationsIssued: Array.from({ length: 8 }, (_, n) => ({
    person: n % 2 === 0 ? 'ana' : 'bo',
    channel: 'email',
    type: 'page.requested',
    at: began,
    sentAt: began,
    state: 'delivered',
    reason: null,
    reached: true,
  })),
  facts: {
    systemsAffected: [{ name: 'checkout-db', relation: 'service' }],
    usersAffected: null,
    responseTimes: {
      acknowledge: { state: 'recorded', ms: 65_000 },
      resolve: { state: 'recorded', ms: 1_200_000 },
      people: [{ person: 'ana', team: 'checkout', acknowledge: { state: 'recorded', ms: 65_000 } }],
    },
    runbooks: [],
    alerts: [],
    alertsTotal: 2,
  },
  reviews: [
    { person: 'ana', group: 'participants', decision: 'pending', comment: null, revision: 2, at: null },
    {
      person: 'dana',
      group: 'stakeholders',
      decision: 'request_changes',
      comment: 'How many orders?',
      revision: 2,
      at: began,
    },
  ],
  quorum: { participants: 1, stakeholders: 1 },
  due: '2026-11-25T16:00:00.000Z',
  actionItems: [],
  updatedAt: now,
};
