/**
 * The canary is one internal incident that is paged again every minute through the real pipeline (record, outbox, relay,
 * workflow, ledger, channel), so that a broken pipeline that looks healthy is found before a real incident needs it
 * (docs/reliability.md R10). It has its own team, channel and incident numbers and is excluded from statistics.
 */
import type { ConfigDocument } from '../config/specs.js';
import type { IncidentStatus } from '../incident/state.js';

/** Name of the canary's team, service, policy, plan, person and channel. */
export const CANARY = 'tocsin-canary';
/** Channel that receives the canary's pages. */
export const CANARY_CHANNEL = 'canary';

/** The canary has failed when its page is not sent within this time; the break-glass pager waits equally long. */
const CANARY_LATE_MS = 60_000;
/** A new incident once a day, so that opening one and starting its workflow is tested too. */
const CANARY_LIFE_MS = 86_400_000;

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

/** State of the canary at one moment. Instants are ISO 8601 on the record's clock. */
export interface CanaryStatus {
  incident: { status: IncidentStatus; openedAt: string } | null;
  /** Time of the last requested page, and the time and sender of its acceptance: the worker or the break-glass pager. */
  requestedAt: string | null;
  page: { at: string; by: 'pipeline' | 'pager' } | null;
}

export type CanaryStep =
  /** Open a new one; the old one, if open, ends. */
  | { do: 'open' }
  | { do: 'ask' }
  | { do: 'passed'; tookMs: number }
  /** The page was sent, but not by the pipeline. */
  | { do: 'rescued'; why: string }
  | { do: 'late'; why: string }
  | { do: 'wait' };

export function nextCanaryStep(status: CanaryStatus, now: string, everyMs: number): CanaryStep {
  const { incident, requestedAt, page } = status;
  const ageMs = (since: string): number => Date.parse(now) - Date.parse(since);
  if (incident === null || requestedAt === null) return { do: 'open' };
  switch (incident.status) {
    case 'triggered':
      if (page?.by === 'pipeline')
        return { do: 'passed', tookMs: Date.parse(page.at) - Date.parse(requestedAt) };
      if (page?.by === 'pager') return { do: 'rescued', why: 'the break-glass pager had to send its page' };
      return ageMs(requestedAt) > CANARY_LATE_MS
        ? { do: 'late', why: `its page of ${requestedAt} has not been sent` }
        : { do: 'wait' };
    case 'acknowledged':
      if (ageMs(requestedAt) < everyMs) return { do: 'wait' };
      return ageMs(incident.openedAt) > CANARY_LIFE_MS ? { do: 'open' } : { do: 'ask' };
    case 'resolved':
    case 'closed':
      return { do: 'open' };
  }
}
