/** People with phones on a real database, and incidents that paged them, for tests of replies and receipts. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { Role } from '../../domain/config/terms.js';
import type { ContactSpec } from '../../domain/people/person-spec.js';
import { lockIncident } from '../incident/incident-row.js';
import { createStore, type Store } from '../connection/store.js';

const person = (name: string, displayName: string, role: Role, contacts: ContactSpec[]): ConfigDocument => ({
  kind: 'Person',
  name,
  revision: 1,
  spec: {
    displayName,
    email: `${name}@example.com`,
    timezone: 'UTC',
    role,
    contacts,
    rules: { high: contacts.map(({ name: contact }, at) => ({ after: `${at * 60}s`, contact })), low: [] },
  },
});

const documents: ConfigDocument[] = [
  person('ana', 'Ana Sorel', 'responder', [
    { name: 'phone', channel: 'sms', address: '+4930123456' },
    { name: 'mail', channel: 'email', address: 'Ana@Example.com' },
  ]),
  person('bo', 'Bo Lind', 'responder', [{ name: 'phone', channel: 'sms', address: '+4930999999' }]),
  person('cleo', 'Cleo Kern', 'stakeholder', [{ name: 'phone', channel: 'sms', address: '+4930777777' }]),
  {
    kind: 'Team',
    name: 'checkout',
    revision: 1,
    spec: {
      displayName: 'Checkout',
      discipline: 'development',
      timezone: 'UTC',
      members: ['ana', 'bo'],
      managers: ['ana'],
    },
  },
  {
    kind: 'EscalationPolicy',
    name: 'checkout',
    revision: 1,
    spec: {
      team: 'checkout',
      repeat: 0,
      steps: [
        { notify: [{ person: 'ana' }], wait: '5m' },
        { notify: [{ person: 'bo' }], wait: '5m' },
        { notify: [{ person: 'cleo' }], wait: '5m' },
      ],
    },
  },
  ...['checkout-db', 'shop'].map((name): ConfigDocument => ({
    kind: 'Service',
    name,
    revision: 1,
    spec: {
      displayName: name,
      team: 'checkout',
      tier: 1,
      policy: 'checkout',
      dependsOn: [],
      links: [],
      diagnostics: [],
    },
  })),
];

export interface PagedIncident {
  id: string;
  number: string;
  /** Token of the link in the first message. */
  link: string;
}

export interface PagedFixture {
  store: Store;
  /** A P1 incident whose first step paged `ana`; the provider accepted the due deliveries. */
  page(service?: string): Promise<PagedIncident>;
  /** Pages the next step and accepts its due deliveries. */
  pageNext(incident: PagedIncident): Promise<void>;
  deliveries(
    incident: PagedIncident,
  ): Promise<{ id: string; key: string; person: string; channel: string; state: string; due: boolean }[]>;
  status(incident: PagedIncident): Promise<string>;
  query: DataSource['query'];
}

/** `store`: the store of a running api, when both must see the same snapshot. */
export async function pagedFixture(
  dataSource: DataSource,
  store: Store = createStore(dataSource, randomBytes(32)),
): Promise<PagedFixture> {
  await dataSource.query(
    `INSERT INTO config_object (kind, name, revision, spec, author, at)
     SELECT d.kind, d.name, 1, d.spec, 'test', tocsin_now() FROM jsonb_to_recordset($1::jsonb) AS d (kind text, name text, spec jsonb)`,
    [JSON.stringify(documents)],
  );
  await dataSource.query(
    `INSERT INTO person (name, email, display_name, role, timezone)
     SELECT d.name, d.spec->>'email', d.spec->>'displayName', d.spec->>'role', 'UTC'
       FROM jsonb_to_recordset($1::jsonb) AS d (kind text, name text, spec jsonb) WHERE d.kind = 'Person'`,
    [JSON.stringify(documents)],
  );
  await dataSource.query('UPDATE config_head SET version = version + 1');

  const pageDue = async (id: string): Promise<string> => {
    const locked = await dataSource.transaction((tx) => lockIncident(tx, id));
    const escalation = locked?.state.escalations[0];
    if (escalation === undefined) throw new Error('the incident pages no team');
    const isWaiting = escalation.phase === 'waiting';
    // A step that is not due is paged only on request.
    if (isWaiting)
      await store.recorder.record({
        incidentId: id,
        actor: 'ana',
        command: { type: 'escalate', escalation: null, step: null, reason: 'test' },
      });
    const due = isWaiting ? { cycle: escalation.cycle, step: escalation.step + 1 } : escalation;
    const { leases } = await store.paging.page({
      incidentId: id,
      escalation: escalation.name,
      due: { cycle: due.cycle, step: due.step },
      actor: 'tocsin',
      tellWorkflow: true,
      afterSeq: 0,
      sender: 'test',
    });
    const leased = await store.ledger.leased(leases);
    for (const delivery of leased)
      await store.ledger.settle(delivery, {
        kind: 'accepted',
        provider: 'twilio',
        providerId: `SM${delivery.id}`,
      });
    return leased[0]?.link ?? '';
  };

  return {
    store,
    async page(service = 'checkout-db') {
      const [first] = await store.intake.ingest({
        source: 'prometheus',
        spec: { format: 'generic' },
        signals: [
          {
            action: 'trigger',
            dedupKey: randomUUID(),
            title: `Lag on ${service}`,
            severity: 'critical',
            // Each page is an incident of its own.
            labels: { service, alertname: randomUUID() },
            links: [],
            occurredAt: null,
            detail: null,
          },
        ],
        raw: null,
      });
      const id = first?.incident ?? '';
      const link = await pageDue(id);
      const rows: { number: string }[] = await dataSource.query(
        `SELECT state->>'number' AS number FROM incident WHERE id = $1`,
        [id],
      );
      return { id, number: rows[0]?.number ?? '', link };
    },
    pageNext: async ({ id }) => void (await pageDue(id)),
    deliveries: ({ id }) =>
      dataSource.query(
        `SELECT id, key, person, channel, state, coalesce(due_at <= tocsin_now(), false) AS due FROM delivery
          WHERE incident_id = $1 ORDER BY step, rule`,
        [id],
      ),
    async status({ id }) {
      const rows: { status: string }[] = await dataSource.query('SELECT status FROM incident WHERE id = $1', [
        id,
      ]);
      return rows[0]?.status ?? '';
    },
    query: dataSource.query.bind(dataSource),
  };
}
