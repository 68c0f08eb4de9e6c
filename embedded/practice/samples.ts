/** Samples of what a team has after some weeks: a silence that holds an alert, a maintenance window, the past of a watch, and a digest to review. */
import { setTimeout as pause } from 'node:timers/promises';
import { call, type PracticeApi } from './call.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const VALUE_MS = 300_000;
/** Six conditions that were over before anybody was paged. */
const SHORT_ALERTS = [
  'Search probe timed out once',
  'Index merge took longer than usual',
  'Suggestion cache was cold after a deploy',
  'Slow query log grew quickly',
  'One search node restarted',
  'Query latency above its usual range',
];
const TRIES = 60;

/** `sourceKey`: ingest key of the source `search-probes`. */
export async function seedSamples(api: PracticeApi, sourceKey: string): Promise<void> {
  const post = <T>(path: string, body: object): Promise<T> => call<T>(api, 'POST', path, body);
  const later = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
  await post('/api/v1/silences', {
    matchers: ['labels.env = staging'],
    until: later(7),
    reason: 'Staging is rebuilt this week',
    person: 'emil',
  });
  await post('/api/v1/maintenance', {
    services: ['search'],
    rrule: 'FREQ=WEEKLY;BYDAY=SU;BYHOUR=2',
    duration: '2h',
    timezone: 'Europe/Berlin',
    reviewBy: later(180),
    reason: 'The search index is rebuilt every week',
    person: 'emil',
  });
  await post(`/in/${sourceKey}`, {
    title: 'Search node of staging is down',
    severity: 'error',
    dedupKey: 'staging/node-down',
    labels: { env: 'staging' },
  });
  for (const [index, title] of SHORT_ALERTS.entries()) {
    const alert = { title, severity: 'info', dedupKey: `practice/${index}` };
    await post(`/in/${sourceKey}`, alert);
    await post(`/in/${sourceKey}`, { ...alert, action: 'resolve' });
  }
  await post(`/in/${sourceKey}/values`, { values: pastValues(Date.now()) });
  await untilTheyWait(api);
  await post('/api/v1/digests', { team: 'platform' });
}

/** A day of the watch `search-latency`, whose rise is over: it shows in the picture and pages nobody. */
function pastValues(now: number): { watch: string; value: number; at: string }[] {
  return Array.from({ length: DAY_MS / VALUE_MS }, (_, index) => {
    const at = now - DAY_MS + (index + 1) * VALUE_MS;
    const hoursAgo = (now - at) / HOUR_MS;
    const rise = hoursAgo > 8 && hoursAgo < 9 ? 48 : 0;
    const value = 118 + 10 * Math.sin(index / 23) + 4 * Math.sin(index * 1.7) + rise;
    return { watch: 'search-latency', value: Math.round(value), at: new Date(at).toISOString() };
  });
}

/** An incident that resolves while it settles waits for the digest as soon as that is recorded. */
async function untilTheyWait(api: PracticeApi): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { waiting } = await call<{ waiting: { team: string; incidents: number }[] }>(
      api,
      'GET',
      '/api/v1/reviews',
    );
    const team = waiting.find((one) => one.team === 'platform');
    if (team !== undefined && team.incidents >= SHORT_ALERTS.length) return;
    await pause(250);
  }
  throw new Error('The practice organisation could not be seeded: its short alerts did not resolve.');
}
