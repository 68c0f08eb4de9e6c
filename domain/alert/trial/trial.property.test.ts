/** The life of many alerts through the whole pipeline: held stages, groups, releases. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_LIVE_DATA } from '../../config/live-data.js';
import type { ConfigSnapshot } from '../../config/specs.js';
import type { LiveSilence } from '../silence.js';
import type { AlertSignal } from '../signal.js';
import { MutedBy } from './replay.js';
import { type Released, Trial } from './trial.js';
import type { TrialAlert } from './tried.js';

const T0 = Date.parse('2026-03-01T12:00:00.000Z');
const at = (minutes: number): string => new Date(T0 + minutes * 60_000).toISOString();

const documents: Record<string, Record<string, unknown>> = {
  Service: {
    shop: { team: 'shop', tier: 1, dependsOn: [] },
    mail: { team: 'shop', tier: 3, dependsOn: [], group: { by: ['kind'] } },
    jobs: { team: 'infra', tier: 4, dependsOn: [], after: { count: 2, within: '10m' } },
  },
  Inhibition: {
    ab: { when: { kind: 'a' }, mutes: { kind: 'b' }, equal: ['dc'] },
    ba: { when: { kind: 'b' }, mutes: { kind: 'a' }, equal: [] },
    bc: { when: { kind: 'b' }, mutes: { kind: 'c' }, equal: [] },
  },
};
const snapshot = {
  version: 1,
  live: NO_LIVE_DATA,
  get: (kind: string, name: string) => {
    const spec = documents[kind]?.[name];
    return spec === undefined ? undefined : { kind, name, revision: 1, spec };
  },
  list: (kind: string) =>
    Object.entries(documents[kind] ?? {}).map(([name, spec]) => ({ kind, name, revision: 1, spec })),
} as unknown as ConfigSnapshot;

const step = fc.record({
  wait: fc.constantFrom(0, 1, 3, 12, 40),
  key: fc.nat(7),
  action: fc.constantFrom('trigger' as const, 'trigger' as const, 'resolve' as const),
  severity: fc.constantFrom('critical' as const, 'warning' as const),
});
const silence = fc.record({
  begins: fc.nat(100),
  lasts: fc.integer({ min: 1, max: 90 }),
  kind: fc.constantFrom('a', 'b', 'c', 'd'),
});

const services = ['shop', 'mail', 'jobs'];
const signalOf = (
  key: number,
  action: AlertSignal['action'],
  severity: AlertSignal['severity'],
): AlertSignal => ({
  action,
  severity,
  dedupKey: `key ${key}`,
  title: `Trouble ${'abcdefgh'.charAt(key)}`,
  labels: {
    kind: 'abcd'.charAt(key % 4),
    dc: key % 2 === 0 ? 'eu1' : 'eu2',
    service: services[key % 3] ?? '',
  },
  links: [],
  occurredAt: null,
  detail: null,
});

it('joins nothing across services, holds nothing for good, and releases exactly what still fires', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.array(silence, { maxLength: 4 }),
      async (steps, made) => {
        const silences = made.map(
          ({ begins, lasts, kind }, id): LiveSilence & { from: string; to: string } => ({
            id: String(id),
            matchers: [{ field: 'labels.kind', op: '=', value: kind }],
            teams: null,
            owner: 'ana',
            reason: 'known',
            from: at(begins),
            to: at(begins + lasts),
            until: at(begins + lasts),
          }),
        );
        const muted = new MutedBy(snapshot, { silences, windows: [] });
        const trial = new Trial();
        const alerts = new Set<TrialAlert>();
        const releases = (list: readonly Released[]): void => {
          for (const { alert, incident } of list) {
            expect([alert.status, incident?.id]).toEqual(['open', alert.incident]);
            expect(alert.heldBy).toBeNull();
          }
        };
        let minute = 0;
        for (const { wait, key, action, severity } of steps) {
          minute += wait;
          const now = at(minute);
          releases(await trial.advance(now, muted.at(now)));
          const source = { name: 'monitor', spec: { format: 'generic' as const } };
          const tried = await trial.take(
            source,
            { signal: signalOf(key, action, severity), count: 1, indexes: [0] },
            { now, snapshot: muted.at(now), body: null },
          );
          releases(tried.released);
          if (tried.alert !== null) alerts.add(tried.alert);
          for (const alert of alerts) check(alert, alerts, trial);
        }
        // Every silence is over.
        const late = at(minute + 300);
        releases(await trial.advance(late, muted.at(late)));
        for (const alert of alerts) {
          check(alert, alerts, trial);
          if (alert.status === 'open') expect(alert.heldBy ?? '').not.toMatch(/^silence/);
        }
      },
    ),
    { numRuns: 400 },
  );
});

/** What holds at every instant. */
function check(alert: TrialAlert, alerts: ReadonlySet<TrialAlert>, { incidents }: Trial): void {
  const incident = incidents.all.get(alert.incident ?? '');
  if (incident !== undefined) expect(incident.service).toBe(alert.service);
  if (alert.status !== 'open') return;
  expect((alert.heldBy === null) !== (alert.incident === null)).toBe(true);
  const [stage, by] = (alert.heldBy ?? '').split('/');
  if (stage !== 'inhibition') return;
  const holder = [...alerts].find(({ id }) => id === by);
  expect(holder?.status).toBe('open');
}
