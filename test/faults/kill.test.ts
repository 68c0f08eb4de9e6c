/**
 * kill -9 of one process while pages are due. Every alert that was answered with 2xx must page its person, and the
 * ledger must match what the receiver saw. A page may come twice if it is marked; a page must never be lost.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEngine, type Engine, type EnginePart } from '../harness/engine.js';
import { eventually } from '../harness/eventually.js';
import { apply, keys, organisation } from '../harness/fixtures.js';
import { startPhones, type Phones } from '../harness/people.js';

let engine: Engine;
let phones: Phones;

beforeAll(async () => {
  engine = await startEngine();
  phones = await startPhones(engine.secretKey);
  await apply(engine, organisation(phones));
  await eventually(async () => (await engine.call('GET', '/readyz')).status === 200, { timeoutMs: 60_000 });
}, 120_000);

afterAll(async () => {
  await engine.end();
  await phones.close();
}, 60_000);

const ALERTS = 12;

/** Like every sender: repeats the alert until it is accepted. */
async function send(title: string): Promise<void> {
  const alert = { title, dedup_key: title, severity: 'critical' };
  await eventually(
    async () => (await engine.call('POST', `/in/${keys.generic}`, alert, { token: null })).status === 202,
    { what: `an answer to ${title}`, timeoutMs: 60_000 },
  );
}

interface Row {
  title: string;
  key: string;
  state: string;
  attempts: { outcome: string | null; possible_duplicate: boolean }[];
}

const ledger = (part: string) =>
  engine.sql<Row>(
    `SELECT i.title, d.key, d.state,
            (SELECT jsonb_agg(jsonb_build_object('outcome', a.outcome, 'possible_duplicate', a.possible_duplicate) ORDER BY a.n)
               FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts
       FROM delivery d JOIN incident i ON i.id = d.incident_id WHERE i.title LIKE $1 ORDER BY i.title`,
    [`${part} %`],
  );

describe.each<EnginePart>(['api', 'worker', 'temporal', 'postgres'])('kill -9 of %s', (part) => {
  it('loses no page, and the ledger tells the truth', async () => {
    const titles = Array.from({ length: ALERTS }, (_, n) => `${part} ${String(n).padStart(2, '0')}`);
    const early = titles.slice(0, ALERTS / 2);
    const late = titles.slice(ALERTS / 2);
    await Promise.all(early.map(send));
    // Some of these are in transit, some are due, and the next ones hit what is left of the engine.
    engine.kill(part);
    await Promise.all(late.map(send));
    await engine.recovered(part);

    const seenOf = (title: string) =>
      phones
        .of('ana')
        .received({ type: 'page.requested' })
        .filter(({ body }) => body?.data.incident?.title === title);
    await eventually(() => titles.every((title) => seenOf(title).length > 0), {
      what: 'a page for every alert',
      timeoutMs: 90_000,
    });
    const rows = await eventually(
      async () => {
        const found = await ledger(part);
        return found.every(({ state }) => state === 'accepted') && found;
      },
      { what: 'every row accepted', timeoutMs: 90_000 },
    );
    expect(rows.map(({ title }) => title)).toEqual(titles);
    for (const { title, key, attempts } of rows) {
      const seen = seenOf(title);
      // One delivery is one id, and each request that the receiver saw is a recorded attempt.
      expect(new Set(seen.map(({ id }) => id))).toEqual(new Set([key]));
      expect(seen.length).toBeLessThanOrEqual(attempts.length);
      expect(attempts.at(-1)?.outcome).toBe('accepted');
      expect(attempts.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
      // Every repeat is marked as a possible repeat.
      expect(seen.slice(1).every(({ body }) => body?.data.possibleDuplicate === true)).toBe(true);
    }
  }, 200_000);

  it('and afterwards an incident goes its whole way', async () => {
    const title = `after ${part}`;
    await send(title);
    const page = await phones.of('ana').expects({ type: 'page.requested' }, 30_000);
    let last = page;
    while (last.body.data.incident.title !== title)
      last = await phones.of('ana').expects({ type: 'page.requested' });
    await last.reply('acknowledge');
    const { number } = last.body.data.incident;
    const resolved = await engine.call('POST', `/api/v1/incidents/${number}/resolve`, { person: 'ana' });
    expect(resolved.status).toBe(200);
    await eventually(async () => {
      const { json } = await engine.call('GET', `/api/v1/incidents/${number}`);
      return (json as { postmortemStatus: string }).postmortemStatus === 'draft';
    });
  }, 60_000);
});
