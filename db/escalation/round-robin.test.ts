import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import type { PageRequest } from './paging.js';
import { readPositions } from './round-robin.js';
import { declareIncident } from '../incident/declare-incident.js';
import { createStore, type Store } from '../connection/store.js';

const names = ['ana', 'bo', 'cleo'];

/** A service whose one step pages three people in rotation. */
async function organisation(dataSource: DataSource): Promise<Store> {
  const documents: [string, string, object][] = [
    ...names.map((name): [string, string, object] => [
      'Person',
      name,
      {
        displayName: name,
        email: `${name}@example.com`,
        timezone: 'UTC',
        role: 'responder',
        contacts: [{ name: 'inbox', channel: 'mailbox', address: name }],
        rules: { high: [], low: [] },
      },
    ]),
    [
      'Team',
      'checkout',
      { displayName: 'Checkout', discipline: 'development', timezone: 'UTC', members: names, managers: [] },
    ],
    [
      'EscalationPolicy',
      'checkout',
      {
        team: 'checkout',
        repeat: 0,
        steps: [{ notify: [{ roundRobin: names.map((person) => ({ person })) }], wait: '5m' }],
      },
    ],
    [
      'Service',
      'checkout-db',
      { displayName: 'DB', team: 'checkout', tier: 1, dependsOn: [], links: [], diagnostics: [] },
    ],
  ];
  for (const [kind, name, spec] of documents)
    await dataSource.query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ($1, $2, 1, $3, 'test', tocsin_now())`,
      [kind, name, JSON.stringify(spec)],
    );
  await dataSource.query('UPDATE config_head SET version = version + 1');
  return createStore(dataSource, randomBytes(32));
}

const declare = (store: Store): Promise<string> =>
  store.dataSource.transaction(async (tx) => {
    const request = { title: 'Trouble', service: 'checkout-db', severity: 'critical', actor: 'ana' } as const;
    return (await declareIncident(tx, store, request)).id;
  });

const firstPage = (incidentId: string): PageRequest => ({
  incidentId,
  escalation: 'checkout',
  due: { cycle: 0, step: 1 },
  actor: 'tocsin',
  tellWorkflow: false,
  afterSeq: 0,
  sender: 'test',
});

const pagedIn = async (store: Store, incidentId: string): Promise<string[]> => {
  const rows: { person: string }[] = await store.dataSource.query(
    'SELECT person FROM delivery WHERE incident_id = $1 ORDER BY person',
    [incidentId],
  );
  return rows.map(({ person }) => person);
};
const lastPosition = async ({ dataSource }: Store): Promise<string | undefined> =>
  (await readPositions(dataSource)).get('policy/checkout/1#0')?.member;

describe('the turns of a round robin', () => {
  it('move with the page that takes one; a repeated or refused page moves nothing', () =>
    withDatabase(async (dataSource) => {
      const store = await organisation(dataSource);
      const incident = await declare(store);
      expect((await store.paging.page(firstPage(incident))).outcome.kind).toBe('accepted');
      expect([await pagedIn(store, incident), await lastPosition(store)]).toEqual([['ana'], 'person ana']);
      const again = await store.paging.page(firstPage(incident));
      expect(again.outcome).toMatchObject({ kind: 'refused', code: 'stale_step' });
      expect([await pagedIn(store, incident), await lastPosition(store)]).toEqual([['ana'], 'person ana']);
    }));

  it('are each taken once when incidents page at the same moment', () =>
    withDatabase(async (dataSource) => {
      const store = await organisation(dataSource);
      const incidents = [await declare(store), await declare(store), await declare(store)];
      await Promise.all(incidents.map((incident) => store.paging.page(firstPage(incident))));
      const paged = await Promise.all(incidents.map((incident) => pagedIn(store, incident)));
      expect(paged.flat().toSorted()).toEqual(names);
    }));
});
