import { expect, it } from '@jest/globals';
import { withDatabase } from '../test/harness/database.js';
import { planReachabilityRound } from './reachability-round.js';
import { pagedStory } from './testing/paged-story.js';

const document = `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ($1, $2, 1, $3, 'test', tocsin_now())`;

it('whoever is on call gets a test page by each contact their rules use, once a round, over all replicas', () =>
  withDatabase(async (db) => {
    const { store } = await pagedStory(db);
    const round = () => planReachabilityRound(db, store.snapshots, store.contactMessages);
    const schedule = {
      team: 'checkout',
      timezone: 'UTC',
      layers: [
        {
          name: 'main',
          people: ['ana'],
          rotation: { every: 1, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' },
        },
      ],
    };
    await db.query(document, ['Schedule', 'checkout', JSON.stringify(schedule)]);
    await db.query('UPDATE config_head SET version = version + 1');
    expect(await round()).toBe(0);
    const organisation = {
      displayName: 'Acme',
      timezone: 'UTC',
      catchAll: [],
      reachability: { every: '7d' },
    };
    await db.query(document, ['Organisation', 'default', JSON.stringify(organisation)]);
    await db.query('UPDATE config_head SET version = version + 1');
    const planned = await Promise.all([round(), round(), round()]);
    expect(planned.reduce((sum, n) => sum + n)).toBe(2);
    expect(await round()).toBe(0);
    expect(await db.query('SELECT person, contact, kind FROM contact_message ORDER BY contact')).toEqual([
      { person: 'ana', contact: 'mail', kind: 'test' },
      { person: 'ana', contact: 'phone', kind: 'test' },
    ]);
  }));
