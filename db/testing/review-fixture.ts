/** An incident of a small organisation on a real database, from the alert to the review, for tests. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { ReviewDecision } from '../../domain/incident/state.js';
import { openIncident } from '../incident/open-incident.js';
import type { PostmortemStore } from '../postmortem/postmortem-store.js';
import { readEvents, type RecordOutcome } from '../incident/record.js';
import { createStore } from '../connection/store.js';
import { databaseTime } from '../connection/database-time.js';
import type { Querying } from '../connection/querying.js';

const people = ['ana', 'bo', 'cleo', 'dana', 'root'].map((name): ConfigDocument<'Person'> => {
  const role = name === 'root' ? 'admin' : name === 'dana' ? 'stakeholder' : 'responder';
  return {
    kind: 'Person',
    name,
    revision: 1,
    spec: {
      displayName: name,
      email: `${name}@example.com`,
      timezone: 'UTC',
      role,
      contacts: [],
      rules: { high: [], low: [] },
    },
  };
});

const documents: ConfigDocument[] = [
  ...people,
  {
    kind: 'Team',
    name: 'checkout',
    revision: 1,
    spec: {
      displayName: 'Checkout',
      discipline: 'development',
      timezone: 'UTC',
      members: ['ana', 'bo', 'cleo'],
      managers: ['ana'],
    },
  },
  {
    kind: 'Service',
    name: 'checkout-db',
    revision: 1,
    spec: {
      displayName: 'Checkout database',
      team: 'checkout',
      tier: 1,
      dependsOn: ['payments'],
      links: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/checkout' }],
      diagnostics: [],
    },
  },
  {
    kind: 'ResponsePlan',
    name: 'default',
    revision: 1,
    spec: {
      priorities: {
        P1: {
          disciplines: [],
          stakeholders: ['dana'],
          postmortem: { kind: 'full', quorum: { participants: 1, stakeholders: 1 }, due: '3bd' },
        },
      },
    },
  },
];

export interface RecordFixture {
  id: string;
  number: string;
  alert: string;
  postmortems: PostmortemStore;
  record(actor: string, command: IncidentCommand): Promise<RecordOutcome>;
  review(
    person: string,
    decision: ReviewDecision,
    more?: { comment?: string; to?: string },
  ): Promise<RecordOutcome>;
  /** `ana` acknowledges and resolves. */
  resolve(): Promise<void>;
  kinds(): Promise<string[]>;
}

/** One P1 incident with one alert and one accepted page to `ana`. */
export async function recordingIncident(dataSource: DataSource): Promise<RecordFixture> {
  await configure(dataSource);
  const store = createStore(dataSource, randomBytes(32));
  const alert = randomUUID();
  const state = await dataSource.transaction(async (tx) => {
    const opened = await openIncident(tx, {
      title: 'Replica lag',
      service: 'checkout-db',
      severity: 'critical',
      priority: 'P1',
      priorityReasons: ['severity critical on tier 1'],
      drill: null,
      alert,
      actor: 'source:prometheus',
      now: await databaseTime(tx),
      snapshot: await store.snapshots.latest(tx),
    });
    await insertAlertAndPage(tx, alert, opened.id);
    return opened;
  });
  const record = (actor: string, command: IncidentCommand) =>
    store.recorder.record({ incidentId: state.id, actor, command });
  return {
    id: state.id,
    number: state.number,
    alert,
    postmortems: store.postmortems,
    record,
    review: (
      person,
      decision,
      { comment = null, to = null }: { comment?: string | null; to?: string | null } = {},
    ) => record(person, { type: 'decide_review', person, decision, comment, to }),
    async resolve() {
      await record('ana', { type: 'acknowledge', person: 'ana' });
      await record('ana', { type: 'resolve', comment: null, because: 'person' });
    },
    kinds: async () => (await readEvents(dataSource.manager, state.id, 0)).map((event) => event.kind),
  };
}

async function configure(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `INSERT INTO config_object (kind, name, revision, spec, author, at)
     SELECT d.kind, d.name, 1, d.spec, 'test', tocsin_now() FROM jsonb_to_recordset($1::jsonb) AS d (kind text, name text, spec jsonb)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(documents)],
  );
  await dataSource.query('UPDATE config_head SET version = version + 1');
}

async function insertAlertAndPage(tx: Querying, alert: string, incident: string): Promise<void> {
  await tx.query(
    `INSERT INTO alert (id, source, dedup_key, status, title, severity, service, labels, links, incident_id, first_at, last_at)
     VALUES ($1::uuid, 'prometheus', $1::uuid::text, 'open', 'Replica lag', 'critical', 'checkout-db', '{"db": "a"}', '[]', $2, tocsin_now(), tocsin_now())`,
    [alert, incident],
  );
  const delivery = randomUUID();
  await tx.query(
    `INSERT INTO delivery (id, key, incident_id, type, subject, escalation, cycle, step, person, contact, rule, channel, address,
       state, attempts, provider, created_at, updated_at)
     VALUES ($1::uuid, $1::uuid::text, $2, 'page.requested', '{}', 'checkout', 0, 0, 'ana', 'mail', 0, 'email', 'ana@example.com',
       'accepted', 1, 'smtp', tocsin_now(), tocsin_now())`,
    [delivery, incident],
  );
  await tx.query(
    `INSERT INTO delivery_attempt (delivery_id, n, at, sender, outcome, provider, possible_duplicate, finished_at)
     VALUES ($1, 1, tocsin_now(), 'worker', 'accepted', 'smtp', false, tocsin_now())`,
    [delivery],
  );
}
