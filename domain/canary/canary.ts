/**
 * The canary: one incident of our own that is paged again each minute through the true pipeline (record, outbox, relay,
 * workflow, ledger, channel), so that a pipeline that looks healthy and is not is found before somebody's incident finds it
 * (reliability.md §1.7, R10). Team, channel and numbers of its own; outside statistics.
 */
import type { ConfigDocument } from '../config/specs.js';
import type { IncidentStatus } from '../incident/state.js';

/** Name of its team, service, policy, plan, person and channel. */
export const CANARY = 'tocsin-canary';
/** Where its pages end. */
export const CANARY_CHANNEL = 'canary';

/** Not paged by then, it has failed; the same patience as the break-glass pager's. */
export const CANARY_LATE_MS = 60_000;
/** Once a day a new incident, so that opening one and starting its workflow is rehearsed too. */
export const CANARY_LIFE_MS = 86_400_000;

export const canaryDocuments: readonly ConfigDocument[] = [
  {
    kind: 'Team',
    name: CANARY,
    revision: 0,
    spec: { displayName: 'Canary', discipline: CANARY, timezone: 'UTC', members: [CANARY], managers: [] },
  },
  {
    kind: 'Person',
    name: CANARY,
    revision: 0,
    spec: {
      displayName: 'Canary',
      email: 'canary@localhost',
      timezone: 'UTC',
      role: 'stakeholder',
      contacts: [{ name: 'sink', channel: CANARY_CHANNEL, address: CANARY }],
      rules: { high: [], low: [] },
    },
  },
  {
    kind: 'EscalationPolicy',
    name: CANARY,
    revision: 0,
    spec: { team: CANARY, repeat: 0, steps: [{ notify: [{ person: CANARY }], wait: '12h' }] },
  },
  {
    kind: 'Service',
    name: CANARY,
    revision: 0,
    spec: {
      displayName: 'Canary',
      team: CANARY,
      tier: 4,
      policy: CANARY,
      plan: CANARY,
      dependsOn: [],
      links: [],
      diagnostics: [],
    },
  },
];

export const isCanary = (incident: { service: string | null }): boolean => incident.service === CANARY;

/** What is known of it at one moment. Instants are ISO 8601 on the record's clock. */
export interface CanaryStanding {
  incident: { status: IncidentStatus; openedAt: string } | null;
  /** When it was last asked to page, and whether that page was accepted: by the worker, or by the pager in its place. */
  askedAt: string | null;
  page: { at: string; by: 'pipeline' | 'pager' } | null;
}

export type CanaryStep =
  /** A new one; the old one, if open, ends. */
  | { do: 'open' }
  | { do: 'ask' }
  | { do: 'passed'; tookMs: number }
  /** Its page came, and not by the pipeline. */
  | { do: 'rescued'; why: string }
  | { do: 'late'; why: string }
  | { do: 'wait' };

/** Pure. */
export function nextCanaryStep(standing: CanaryStanding, now: string, everyMs: number): CanaryStep {
  const { incident, askedAt, page } = standing;
  const ageMs = (since: string): number => Date.parse(now) - Date.parse(since);
  if (incident === null || askedAt === null) return { do: 'open' };
  switch (incident.status) {
    case 'triggered':
      if (page?.by === 'pipeline') return { do: 'passed', tookMs: Date.parse(page.at) - Date.parse(askedAt) };
      if (page?.by === 'pager') return { do: 'rescued', why: 'the break-glass pager had to send its page' };
      return ageMs(askedAt) > CANARY_LATE_MS
        ? { do: 'late', why: `its page of ${askedAt} has not been sent` }
        : { do: 'wait' };
    case 'acknowledged':
      if (ageMs(askedAt) < everyMs) return { do: 'wait' };
      return ageMs(incident.openedAt) > CANARY_LIFE_MS ? { do: 'open' } : { do: 'ask' };
    case 'resolved':
    case 'closed':
      return { do: 'open' };
  }
}
