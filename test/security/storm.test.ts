/** A leaked ingest key opens no incidents and fills no tables without bound, and nothing is lost by that (review M14). */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Rejections } from '../../api/ingest/rejections.js';
import { STORM_AFTER, stormReason } from '../../domain/alert/storm.js';
import { type PagedStory, pagedStory } from '../../db/testing/paged-story.js';
import { withDatabase } from '../harness/database.js';

const AFTER = 5;

async function fire(
  story: PagedStory,
  services: string[],
  stormAfter: number | undefined = AFTER,
): Promise<string[]> {
  const taken = await Promise.all(
    services.map((service) =>
      story.store.intake.ingest({
        source: 'prometheus',
        spec: { format: 'generic', ...(stormAfter === undefined ? {} : { stormAfter }) },
        signals: [
          {
            action: 'trigger',
            dedupKey: randomUUID(),
            title: `Down: ${service}`,
            severity: 'critical',
            labels: { service },
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
const inStory = (work: (story: PagedStory) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedStory(db)));

describe('M14: a source that opens incidents as fast as it can', () => {
  it('has the rest folded into one incident of the service; every alert is on record and on an incident', () =>
    inStory(async (story) => {
      // Near the limit they are counted one by one, also when all come at once.
      const incidents = await fire(story, times(3, 'shop'));
      incidents.push(...(await fire(story, times(37, 'shop'))));
      expect(new Set(incidents).size).toBe(AFTER + 1);
      expect(incidents).not.toContain('none');
      const alerts: { n: number; folded: number }[] = await story.query(
        `SELECT count(*)::int AS n, (count(*) FILTER (WHERE reasons @> '[{"decision": "storm"}]'))::int AS folded FROM alert WHERE status = 'open'`,
      );
      expect(alerts).toEqual([{ n: 40, folded: 40 - AFTER }]);
      const storms: { title: string; open: number }[] = await story.query(
        `SELECT title, (state->>'alertsOpen')::int AS open FROM incident WHERE title LIKE 'Storm of alerts from prometheus%'`,
      );
      expect(storms).toMatchObject([{ open: 40 - AFTER }]);
    }));

  it('leaves every service its own page: another one is not folded into this', () =>
    inStory(async (story) => {
      await fire(story, times(AFTER + 3, 'shop'));
      const [other] = await fire(story, ['checkout-db']);
      const rows = await story.query('SELECT service, title FROM incident WHERE id = $1', [other]);
      expect(rows).toEqual([{ service: 'checkout-db', title: 'Down: checkout-db' }]);
    }));

  it('with many services has one storm incident for each of them, which pages its team', () =>
    inStory(async (story) => {
      await story.query(
        `INSERT INTO incident_opening (source, service, at) SELECT 'prometheus', 'of-' || n, tocsin_now() FROM generate_series(1, $1::int) AS n`,
        [4 * AFTER],
      );
      const [first, second] = await fire(story, ['checkout-db', 'checkout-db']);
      expect(first).toBe(second);
      const rows = await story.query('SELECT service, team FROM incident WHERE id = $1', [first]);
      expect(rows).toEqual([{ service: 'checkout-db', team: 'checkout' }]);
    }));

  it('after its storm was resolved opens another, which pages', () =>
    inStory(async (story) => {
      const storm = (await fire(story, times(AFTER + 1, 'shop'))).at(-1) ?? '';
      const isStorm = await story.query(`SELECT id FROM incident WHERE title LIKE 'Storm%'`);
      const id = isStorm[0]?.id ?? storm;
      await story.store.recorder.record({
        incidentId: id,
        actor: 'ana',
        command: { type: 'resolve', comment: null, because: 'person' },
      });
      const [next] = await fire(story, ['shop']);
      expect(next).not.toBe(id);
      expect(await story.query('SELECT status FROM incident WHERE id = $1', [next])).toEqual([
        { status: 'triggered' },
      ]);
    }));

  it('is left alone below the limit, ten minutes later, and by default up to fifty', () =>
    inStory(async (story) => {
      expect(new Set(await fire(story, times(AFTER, 'shop'))).size).toBe(AFTER);
      await story.query(`UPDATE incident_opening SET at = at - interval '11 minutes'`);
      expect(new Set(await fire(story, times(AFTER, 'shop'))).size).toBe(AFTER);
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
    // Another one's refusals are kept all the same.
    await rejections.store({ ...rejection, source: 'other' });
    expect(await db.query(`SELECT 1 FROM rejection WHERE source = 'other'`)).toHaveLength(1);
  }));
