import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import { recordingIncident } from '../testing/review-fixture.js';
import { listDeliveries } from '../delivery/delivery-view.js';
import { listIncidents } from './incident-list.js';
import { getIncident, incidentIdOf } from './incident-view.js';
import { InvalidCursor } from '../connection/page.js';
import { getTimeline } from './timeline-view.js';

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('an incident', () => {
  it('is found by id and by number, with its alerts and links', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      const found = await getIncident(dataSource, fixture.number.toLowerCase());
      expect(found).toEqual(await getIncident(dataSource, fixture.id));
      expect(found).toMatchObject({
        id: fixture.id,
        number: fixture.number,
        service: 'checkout-db',
        team: 'checkout',
        priority: 'P1',
        priorityReasons: ['severity critical on tier 1'],
        status: 'triggered',
        drill: false,
        commander: null,
        responders: [],
        alertsOpen: 1,
        alertsTotal: 1,
        postmortemStatus: 'none',
        escalation: { name: 'checkout', cycle: 0, step: 1, nextAt: null, exhausted: false },
        createdAt: instant,
        acknowledgedAt: null,
        links: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/checkout' }],
        alerts: [
          {
            id: fixture.alert,
            source: 'prometheus',
            count: 1,
            labels: { db: 'a' },
            firstAt: instant,
            closedAt: null,
          },
        ],
      });
      await fixture.resolve();
      expect(await getIncident(dataSource, fixture.id)).toMatchObject({
        status: 'resolved',
        commander: 'ana',
        acknowledgedAt: instant,
        resolvedAt: instant,
      });
    }));

  it.each(['INC-999', 'INC-', '42', 'INC-4 OR 1=1', '00000000-0000-4000-8000-000000000000', ''])(
    'is not found by "%s"',
    (name) =>
      withDatabase(async (dataSource) => {
        expect(await getIncident(dataSource, name)).toBeNull();
        expect(await incidentIdOf(dataSource, name)).toBeNull();
      }),
  );
});

describe('the list of incidents', () => {
  it('is paged newest first without repeats, also while new ones arrive', () =>
    withDatabase(async (dataSource) => {
      const stories = [];
      for (let index = 0; index < 5; index++) stories.push(await recordingIncident(dataSource));
      const numbers = stories.map(({ number }) => number).toReversed();
      const first = await listIncidents(dataSource, { limit: 2 });
      expect(first.items.map(({ number }) => number)).toEqual(numbers.slice(0, 2));
      await recordingIncident(dataSource);
      const second = await listIncidents(dataSource, { limit: 2, cursor: first.next ?? '' });
      const third = await listIncidents(dataSource, { limit: 2, cursor: second.next ?? '' });
      expect([...second.items, ...third.items].map(({ number }) => number)).toEqual(numbers.slice(2));
      expect(third.next).toBeNull();
    }));

  it('is filtered by status, service, team and drill', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      const other = await recordingIncident(dataSource);
      await other.resolve();
      const count = async (filter: Parameters<typeof listIncidents>[1]) =>
        (await listIncidents(dataSource, filter)).items.length;
      expect(
        (await listIncidents(dataSource, { status: ['triggered', 'acknowledged'] })).items.map(
          ({ id }) => id,
        ),
      ).toEqual([fixture.id]);
      expect(await count({ status: [] })).toBe(2);
      expect(await count({ status: ['resolved', 'closed'] })).toBe(1);
      expect(await count({ service: 'checkout-db', team: 'checkout', drill: false })).toBe(2);
      expect(await count({ service: 'payments' })).toBe(0);
      expect(await count({ drill: true })).toBe(0);
      await expect(listIncidents(dataSource, { cursor: 'page2' })).rejects.toThrow(InvalidCursor);
    }));
});

describe('the timeline', () => {
  it('tells every event in order, in sentences, in pages', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      await fixture.resolve();
      const first = await getTimeline(dataSource, fixture.id, { limit: 2 });
      expect(first).toMatchObject({
        items: [
          {
            seq: 1,
            at: instant,
            kind: 'opened',
            actor: 'source:prometheus',
            text: `${fixture.number} opened as P1 on Checkout database: Replica lag`,
          },
          { seq: 2, kind: 'acknowledged', actor: 'ana', data: { person: 'ana' } },
        ],
        next: '2',
      });
      expect(await getTimeline(dataSource, fixture.id, { cursor: '2' })).toMatchObject({
        items: [{ kind: 'resolved' }],
        next: null,
      });
      const back = await getTimeline(dataSource, fixture.id, { limit: 2, newestFirst: true });
      expect(back).toMatchObject({ items: [{ seq: 3 }, { seq: 2 }], next: '2' });
      const rest = await getTimeline(dataSource, fixture.id, { limit: 2, newestFirst: true, cursor: '2' });
      expect(rest).toMatchObject({ items: [{ seq: 1 }], next: null });
      await expect(getTimeline(dataSource, fixture.id, { cursor: '-1' })).rejects.toThrow(InvalidCursor);
    }));
});

describe('the deliveries', () => {
  it('show attempts, and addresses only masked', () =>
    withDatabase(async (dataSource) => {
      const fixture = await recordingIncident(dataSource);
      expect(await listDeliveries(dataSource, fixture.id)).toMatchObject({
        items: [
          {
            person: 'ana',
            channel: 'email',
            address: 'a…@example.com',
            step: 0,
            cycle: 0,
            state: 'accepted',
            reason: null,
            attempts: [{ at: instant, outcome: 'accepted', provider: 'smtp' }],
            createdAt: instant,
          },
        ],
        next: null,
      });
      await expect(listDeliveries(dataSource, fixture.id, { cursor: '1' })).rejects.toThrow(
        'cursor "1" is not one of this list',
      );
    }));
});
