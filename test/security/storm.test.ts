/** A leaked ingest key cannot open incidents or fill tables without bound, and the limit loses nothing. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Rejections } from '../../api/ingest/rejections.js';
import { STORM_AFTER, stormReason } from '../../domain/alert/storm.js';
import { type PagedFixture, pagedFixture } from '../../db/testing/paged-fixture.js';
import { withDatabase } from '../harness/database.js';

const AFTER = 5;

async function fire(
  stack: PagedFixture,
  services: string[],
  stormAfter: number | undefined = AFTER,
): Promise<string[]> {
  const taken = await Promise.all(
    services.map((service) =>
      stack.store.intake.ingest({
        source: 'prometheus',
        spec: { format: 'generic', ...(stormAfter === undefined ? {} : { stormAfter }) },
        signals: [
          {
            action: 'trigger',
            dedupKey: randomUUID(),
            title: `Down: ${service}`,
            severity: 'critical',
            // Each is a cause of its own: nothing groups them.
            labels: { service, alertname: randomUUID() },
            links: [],
            occurredAt: null,
            detail: null,
          },
        ],
        raw: null,
      }),
    ),
  );
  return taken.flatMap((ingested) => ingested.map(({ incident }) => incident ?? 'none'));
}

const times = (n: number, service: string): string[] => Array.from({ length: n }, () => service);
const withStack = (work: (stack: PagedFixture) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedFixture(db)));

describe('M14: a source that opens incidents as fast as it can', () => {
  it('has the rest folded into one incident of the service; every alert is on record and on an incident', () =>
    withStack(async (stack) => {
      // Near the limit openings are counted one by one, even when all alerts arrive at once.
      const incidents = await fire(stack, times(3, 'shop'));
      incidents.push(...(await fire(stack, times(37, 'shop'))));
      expect(new Set(incidents).size).toBe(AFTER + 1);
      expect(incidents).not.toContain('none');
      const alerts: { n: number; folded: number }[] = await stack.query(
        `SELECT count(*)::int AS n, (count(*) FILTER (WHERE reasons @> '[{"decision": "storm"}]'))::int AS folded FROM alert WHERE status = 'open'`,
      );
      expect(alerts).toEqual([{ n: 40, folded: 40 - AFTER }]);
      const storms: { title: string; open: number }[] = await stack.query(
        `SELECT title, (state->>'alertsOpen')::int AS open FROM incident WHERE title LIKE 'Storm of alerts from prometheus%'`,
      );
      expect(storms).toMatchObject([{ open: 40 - AFTER }]);
    }));

  it('leaves every service its own page: another one is not folded into this', () =>
    withStack(async (stack) => {
      await fire(stack, times(AFTER + 3, 'shop'));
      const [other] = await fire(stack, ['checkout-db']);
      const rows = await stack.query('SELECT service, title FROM incident WHERE id = $1', [other]);
      expect(rows).toEqual([{ service: 'checkout-db', title: 'Down: checkout-db' }]);
    }));

  it('with many services has one storm incident for each of them, which pages its team', () =>
    withStack(async (stack) => {
      await stack.query(
        `INSERT INTO incident_opening (source, service, at) SELECT 'prometheus', 'of-' || n, tocsin_now() FROM generate_series(1, $1::int) AS n`,
        [4 * AFTER],
      );
      const [first, second] = await fire(stack, ['checkout-db', 'checkout-db']);
      expect(first).toBe(second);
      const rows = await stack.query('SELECT service, team FROM incident WHERE id = $1', [first]);
      expect(rows).toEqual([{ service: 'checkout-db', team: 'checkout' }]);
    }));

  it('after its storm was resolved opens another, which pages', () =>
    withStack(async (stack) => {
      const storm = (await fire(stack, times(AFTER + 1, 'shop'))).at(-1) ?? '';
      const isStorm = await stack.query(`SELECT id FROM incident WHERE title LIKE 'Storm%'`);
      const id = isStorm[0]?.id ?? storm;
      await stack.store.recorder.record({
        incidentId: id,
        actor: 'ana',
        command: { type: 'resolve', comment: null, because: 'person' },
      });
      const [next] = await fire(stack, ['shop']);
      expect(next).not.toBe(id);
      expect(await stack.query('SELECT status FROM incident WHERE id = $1', [next])).toEqual([
        { status: 'triggered' },
      ]);
    }));

  it('is left alone below the limit, ten minutes later, and by default up to fifty', () =>
    withStack(async (stack) => {
      expect(new Set(await fire(stack, times(AFTER, 'shop'))).size).toBe(AFTER);
      await stack.query(`UPDATE incident_opening SET at = at - interval '11 minutes'`);
      expect(new Set(await fire(stack, times(AFTER, 'shop'))).size).toBe(AFTER);
      expect(stormReason('a', { ofService: STORM_AFTER - 1, ofSource: STORM_AFTER }, STORM_AFTER)).toBeNull();
      expect(stormReason('a', { ofService: STORM_AFTER, ofSource: STORM_AFTER }, STORM_AFTER)).not.toBeNull();
    }));
});

it('M14: of what a known key is refused for, so much is kept, and the rest is counted', () =>
  withDatabase(async (db) => {
    let notKept = 0;
    const rejections = new Rejections(db, { rejected: () => {}, notKept: () => void (notKept += 1) });
    const rejection = {
      source: 'prometheus',
      client: '198.51.100.7',
      format: 'generic',
      reason: 'x',
      errors: [],
      body: Buffer.from('x'),
    };
    for (let n = 0; n < 60; n++) await rejections.store(rejection);
    const rows: { n: number }[] = await db.query('SELECT count(*)::int AS n FROM rejection');
    const kept = rows[0]?.n ?? 0;
    expect(kept + notKept).toBe(60);
    expect(notKept).toBeGreaterThan(0);
    // Another source's refusals are stored all the same.
    await rejections.store({ ...rejection, source: 'other' });
    expect(await db.query(`SELECT 1 FROM rejection WHERE source = 'other'`)).toHaveLength(1);
  }));
