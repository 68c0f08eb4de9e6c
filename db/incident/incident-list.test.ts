import { expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import { recordingIncident } from '../testing/review-fixture.js';
import { countOpen, listIncidents } from './incident-list.js';
import { InvalidCursor } from '../connection/page.js';

const OPEN = ['triggered', 'acknowledged', 'resolved'] as const;

it('goes by urgency: what nobody has, then priority, then age; pages repeat and skip nothing', () =>
  withDatabase(async (dataSource) => {
    const made: { number: string; status: string; priority: string; snoozed: boolean }[] = [];
    for (const [status, priority, snoozed] of [
      ['acknowledged', 'P1', false],
      ['triggered', 'P5', false],
      ['triggered', 'P1', true],
      ['resolved', 'P1', false],
      ['triggered', 'P3', false],
      ['triggered', 'P1', false],
      ['acknowledged', 'P2', false],
      ['triggered', 'P1', false],
      ['triggered', 'P3', false],
    ] as const) {
      const { id, number } = await recordingIncident(dataSource);
      await dataSource.query(
        `UPDATE incident SET status = $2, priority = $3,
           state = state || jsonb_build_object('status', $2::text, 'priority', $3::text, 'snoozedUntil', $4::text) WHERE id = $1`,
        [id, status, priority, snoozed ? '2030-01-01T00:00:00.000Z' : null],
      );
      made.push({ number, status, priority, snoozed });
    }
    const wanted = [5, 7, 4, 8, 1, 2, 0, 6, 3].map((index) => made[index]?.number);
    const all = await listIncidents(dataSource, { status: OPEN, order: 'urgency' });
    expect(all.items.map(({ number }) => number)).toEqual(wanted);

    const paged: string[] = [];
    for (let cursor: string | undefined, page = 0; page < 10; page++) {
      const { items, next } = await listIncidents(dataSource, {
        status: OPEN,
        order: 'urgency',
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      paged.push(...items.map(({ number }) => number));
      // The last incident shown is acknowledged meanwhile: it moves and hides no other.
      if (page === 1)
        await dataSource.query(
          `UPDATE incident SET status = 'acknowledged', state = state || '{"status": "acknowledged"}' WHERE 'INC-' || number = $1`,
          [items.at(-1)?.number],
        );
      if (next === null) break;
      cursor = next;
    }
    expect(paged.filter((number, index) => paged.indexOf(number) === index)).toEqual(
      expect.arrayContaining(wanted.map((number) => number ?? '')),
    );
    expect(paged.filter((number) => number !== wanted[3])).toEqual(
      wanted.filter((number) => number !== wanted[3]),
    );
    expect(await countOpen(dataSource)).toBe(8);
  }));

it.each(['0.0.P1', '9.0.P1.3', '0.0.P1.1; DROP TABLE incident', 'INC-4'])(
  'takes no cursor of another list: %s',
  (cursor) =>
    withDatabase(async (dataSource) => {
      await expect(listIncidents(dataSource, { order: 'urgency', cursor })).rejects.toThrow(InvalidCursor);
    }),
);
