/**
 * kill -9 at a chosen worst instant: while a provider has the page and has not answered, between two escalation
 * steps, between commit and response. One engine for all tests; after each kill the supervisor restarts the process.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEngine, type Engine, type EnginePart } from '../harness/engine.js';
import { eventually } from '../harness/eventually.js';
import { apply, keys, organisation } from '../harness/fixtures.js';
import { startPhones, type Phones } from '../harness/people.js';

let engine: Engine;
let phones: Phones;

const escalated = `---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: steps}
spec: {team: checkout, repeat: 0, steps: [{notify: [{person: ana}], wait: 3s}, {notify: [{person: bo}], wait: 1h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: steps}
spec: {displayName: Steps, team: checkout, tier: 1, group: {by: none}, policy: steps, plan: default}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: steps}
spec: {format: generic, service: steps, key: d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4}
`;

beforeAll(async () => {
  engine = await startEngine();
  phones = await startPhones(engine.secretKey);
  await apply(engine, organisation(phones), escalated);
  await engine.ready();
}, 120_000);

afterAll(async () => {
  await engine.end();
  await phones.close();
}, 60_000);

const post = (title: string, key: string = keys.generic) =>
  engine.call('POST', `/in/${key}`, { title, dedup_key: title, severity: 'critical' }, { token: null });

/** Like every sender: repeats until it is answered. */
const send = (title: string, key?: string) =>
  eventually(async () => (await post(title, key)).status === 202, {
    what: `an answer to ${title}`,
    timeoutMs: 60_000,
  });

const pagesOf = (person: string, title: string) =>
  phones
    .of(person)
    .received({ type: 'page.requested' })
    .filter(({ body }) => body?.data.incident?.title === title);

const paged = (person: string, title: string, times = 1) =>
  eventually(() => pagesOf(person, title).at(times - 1), {
    what: `page ${times} of ${person} for ${title}`,
    timeoutMs: 60_000,
  });

interface Attempt {
  outcome: string | null;
  possible_duplicate: boolean;
}

/** The attempts of a page, once the ledger has it as accepted. */
const accepted = async (person: string, title: string): Promise<Attempt[]> => {
  const { attempts } = await eventually(
    async () => {
      const [row, ...others] = await engine.sql<{ state: string; attempts: Attempt[] }>(
        `SELECT d.state, (SELECT jsonb_agg(jsonb_build_object('outcome', a.outcome, 'possible_duplicate', a.possible_duplicate)
                            ORDER BY a.n) FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts
           FROM delivery d JOIN incident i ON i.id = d.incident_id WHERE i.title = $1 AND d.person = $2`,
        [title, person],
      );
      if (others.length > 0) throw new Error(`${others.length + 1} pages of ${person}`);
      return row?.state === 'accepted' && row;
    },
    { what: `an accepted page of ${person} for ${title}`, timeoutMs: 60_000 },
  );
  return attempts;
};
const marks = (person: string, title: string) =>
  pagesOf(person, title).map(({ body }) => body?.data.possibleDuplicate);

describe('a page that the provider has and has not answered yet', () => {
  it('is settled when PostgreSQL is back, and not sent again', async () => {
    const title = 'The ledger died while it rang';
    phones.script({ status: 200, delayMs: 500 });
    await send(title);
    await paged('ana', title);
    engine.kill('postgres');
    await engine.recovered('postgres');
    expect(await accepted('ana', title)).toEqual([{ outcome: 'accepted', possible_duplicate: false }]);
    expect(marks('ana', title)).toEqual([false]);
  }, 90_000);

  it('is sent again and marked when its worker is gone', async () => {
    const title = 'The sender died while it rang';
    phones.script('hang');
    await send(title);
    await paged('ana', title);
    engine.kill('worker');
    // The lease of a sender that disappeared ends by itself after 30 s; waiting for that would show nothing more.
    await engine.sql(`UPDATE delivery SET lease_until = tocsin_now() WHERE state = 'sending'`);
    await paged('ana', title, 2);
    phones.receiver.release();
    const attempts = await accepted('ana', title);
    expect(attempts).toEqual([
      { outcome: null, possible_duplicate: false },
      { outcome: 'accepted', possible_duplicate: true },
    ]);
    expect(marks('ana', title)).toEqual([false, true]);
    await engine.recovered('worker');
  }, 90_000);

  it('is sent again unmarked when the provider had refused it before the worker died', async () => {
    const title = 'Refused, then nobody was left';
    // Long enough for the worker to be gone before it retries.
    phones.script({ status: 503, headers: { 'retry-after': '10' } });
    await send(title);
    await paged('ana', title);
    await eventually(async () => {
      const [row] = await engine.sql<{ state: string }>(
        'SELECT d.state FROM delivery d JOIN incident i ON i.id = d.incident_id WHERE i.title = $1',
        [title],
      );
      return row?.state === 'failed';
    });
    engine.kill('worker');
    expect(await accepted('ana', title)).toEqual([
      { outcome: 'failed', possible_duplicate: false },
      { outcome: 'accepted', possible_duplicate: false },
    ]);
    expect(marks('ana', title)).toEqual([false, false]);
    await engine.recovered('worker');
  }, 90_000);
});

describe('an alert that is committed', () => {
  it('is paged by the next worker when the first one never heard of it', async () => {
    const title = 'Taken while the worker was out';
    engine.freeze('worker');
    await send(title);
    engine.kill('worker');
    expect(await accepted('ana', title)).toEqual([{ outcome: 'accepted', possible_duplicate: false }]);
    expect(marks('ana', title)).toEqual([false]);
    await engine.recovered('worker');
  }, 90_000);

  it('is one alert and one page when the api died before it answered and the sender repeats', async () => {
    const title = 'Was it taken?';
    const gate = new pg.Client({ connectionString: engine.databaseUrl });
    await gate.connect();
    await gate.query('BEGIN');
    await gate.query('LOCK TABLE outbox IN EXCLUSIVE MODE');
    const unanswered = post(title).then(
      () => 'answered',
      () => 'cut',
    );
    await eventually(async () => {
      const waiting = await engine.sql(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE '%api%'`,
      );
      return waiting.length > 0;
    });
    engine.kill('api');
    expect(await unanswered).toBe('cut');
    await gate.query('ROLLBACK');
    await gate.end();
    await engine.recovered('api');
    await send(title);
    expect(await accepted('ana', title)).toEqual([{ outcome: 'accepted', possible_duplicate: false }]);
    const [found] = await engine.sql<{ alerts: string; incidents: string }>(
      `SELECT (SELECT count(*) FROM alert WHERE title = $1) AS alerts, (SELECT count(*) FROM incident WHERE title = $1) AS incidents`,
      [title],
    );
    expect(found).toEqual({ alerts: '1', incidents: '1' });
    expect(marks('ana', title)).toEqual([false]);
  }, 90_000);
});

describe.each<EnginePart>(['api', 'worker', 'temporal', 'postgres'])(
  'while the escalation timer runs',
  (part) => {
    it(`kill -9 of ${part} neither loses the next escalation step nor makes it twice`, async () => {
      const title = `Nobody answers, and ${part} dies`;
      await send(title, 'd4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4');
      await accepted('ana', title);
      engine.kill(part);
      const next = await paged('bo', title);
      expect(next.body?.data).toMatchObject({ step: 2, cycle: 0, attempt: 1, possibleDuplicate: false });
      expect(await accepted('bo', title)).toEqual([{ outcome: 'accepted', possible_duplicate: false }]);
      await engine.recovered(part);
      expect(marks('ana', title)).toEqual([false]);
      expect(marks('bo', title)).toEqual([false]);
    }, 90_000);
  },
);

describe('afterwards', () => {
  it('nothing is due, and no page was sent twice without saying so', async () => {
    const [{ due } = { due: '?' }] = await engine.sql<{ due: string }>(
      `SELECT count(*) AS due FROM delivery WHERE state IN ('planned', 'sending', 'failed') AND due_at IS NOT NULL`,
    );
    expect(due).toBe('0');
    const unmarked = new Map<string, number>();
    for (const { id, body, took } of phones.receiver.deliveries) {
      if (took !== 'refused' && body?.data.possibleDuplicate === false)
        unmarked.set(id, (unmarked.get(id) ?? 0) + 1);
    }
    expect([...unmarked.values()].filter((times) => times > 1)).toEqual([]);
  });
});
