/** Alerts that are not heard of any more, on a real record. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { describeEvent } from '../../domain/incident/describe-event.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore } from '../connection/store.js';
import { readEvents } from '../incident/record.js';
import { pagedFixture } from '../testing/paged-fixture.js';
import { closeStaleAlerts } from './stale-alerts.js';

interface Setting {
  /** The spec of the source `monitor`. */
  source?: object;
  /** `staleAfter` of the default plan. */
  plan?: string;
  /** Who sends the alert. */
  sender?: string;
  dedupKey?: string;
  isQuiet?: boolean;
  /** No api listened until half an hour ago. */
  wasDeaf?: boolean;
}

/** One alert, last heard of two hours ago; the incident after the round. */
async function afterTwoHours(
  { source = {}, plan, sender = 'monitor', dedupKey = 'lag', isQuiet = false, wasDeaf = false }: Setting,
  acknowledges = false,
) {
  let seen: { found: number; status: string; kinds: string[]; texts: string[] } | undefined;
  await withDatabase(async (dataSource) => {
    const store = createStore(dataSource, randomBytes(32));
    const { query } = await pagedFixture(dataSource, store);
    const document = (kind: string, name: string, spec: object) =>
      query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ($1, $2, 100, $3, 'test', tocsin_now())`,
        [kind, name, JSON.stringify(spec)],
      );
    const spec = { format: 'generic' as const, service: 'checkout-db' };
    await document('Source', 'monitor', { ...spec, ...source });
    if (plan !== undefined) await document('ResponsePlan', 'default', { priorities: {}, staleAfter: plan });
    await query('UPDATE config_head SET version = version + 1');
    const [taken] = await store.intake.ingest({
      source: sender,
      spec,
      signals: [
        {
          action: 'trigger',
          dedupKey,
          title: 'Replica lag',
          severity: 'critical',
          labels: {},
          links: [],
          occurredAt: null,
          detail: null,
        },
      ],
      raw: null,
    });
    const id = taken?.incident ?? '';
    if (acknowledges)
      await store.recorder.record({
        incidentId: id,
        command: { type: 'acknowledge', person: 'ana' },
        actor: 'ana',
      });
    await query(`UPDATE alert SET last_at = last_at - interval '2 hours'`);
    if (isQuiet)
      await query(`INSERT INTO source_heartbeat (source, alerted_at) VALUES ('monitor', tocsin_now())`);
    if (wasDeaf)
      await query(`INSERT INTO listening (id, seen_at, deaf_from, deaf_to) VALUES (1, tocsin_now(),
                     tocsin_now() - interval '2 hours', tocsin_now() - interval '30 minutes')`);
    const found = await closeStaleAlerts(store, 100);
    expect(await closeStaleAlerts(store, 100)).toBe(0);
    const events = await readEvents(dataSource, id, 0);
    const rows: { status: string }[] = await query('SELECT status FROM alert');
    seen = {
      found,
      status: rows[0]?.status ?? '',
      kinds: events.map(({ kind }) => kind),
      texts: events.map((event) => describeEvent(event)),
    };
  });
  if (seen === undefined) throw new Error('nothing was seen');
  return seen;
}

describe('an alert that nobody has heard of for long', () => {
  it('is closed as stale, says so, and resolves its incident when nobody has it', async () => {
    const { found, status, kinds, texts } = await afterTwoHours({ source: { staleAfter: '1h' } });
    expect([found, status]).toEqual([1, 'closed']);
    expect(kinds.slice(-2)).toEqual(['alert_closed', 'resolved']);
    expect(texts.at(-2)).toBe('Alert closed as stale (not heard of for 1h): Replica lag');
  });

  it('is asked about when somebody has the incident', async () => {
    const { kinds } = await afterTwoHours({ source: { staleAfter: '1h' } }, true);
    expect(kinds.slice(-2)).toEqual(['alert_closed', 'resolution_proposed']);
  });

  it.each<[string, Setting, string]>([
    ['by the plan of its service', { plan: '1h' }, 'closed'],
    ['by its source before the plan', { source: { staleAfter: '3h' }, plan: '1h' }, 'open'],
    ['not before the time is over', { source: { staleAfter: '3h' } }, 'open'],
    ['not where nothing says so', {}, 'open'],
    ['not of a watch', { plan: '1h', sender: 'watch/p99' }, 'open'],
    ['not that a source is quiet', { source: { staleAfter: '1h' }, dedupKey: 'tocsin/quiet' }, 'open'],
    ['not while its source is quiet', { source: { staleAfter: '1h' }, isQuiet: true }, 'open'],
    ['not of a heartbeat', { source: { format: 'heartbeat' }, plan: '1h' }, 'open'],
  ])('%s', async (_, setting, status) => {
    expect(await afterTwoHours(setting)).toMatchObject({ status });
  });
});

it('is not over while its sender has not had the time to be heard again', async () => {
  const given = { source: { staleAfter: '1h' }, wasDeaf: true };
  expect(await afterTwoHours(given)).toMatchObject({ found: 0, status: 'open' });
});
