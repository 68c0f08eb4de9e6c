import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChangeFeed } from '../../db/audit/change-feed.js';
import { type RunningApi, startApi } from '../testing/start-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

interface Seen {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** Reads the stream until `enough` events have arrived. */
async function read(
  enough: number,
  lastEventId: string | null,
  meanwhile: () => Promise<unknown>,
): Promise<Seen[]> {
  const stop = new AbortController();
  const response = await fetch(`${api.url}/api/v1/events`, {
    signal: stop.signal,
    headers: {
      authorization: 'Bearer an-admin-token-0123456789abcdef01',
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    },
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const seen: Seen[] = [];
  const acting = meanwhile();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    seen.push(...blocks.flatMap(parse));
    if (seen.length >= enough) break;
  }
  await acting;
  stop.abort();
  return seen;
}

function parse(block: string): Seen[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
  return id === undefined || event === undefined || data === undefined
    ? []
    : [{ id, event, data: JSON.parse(data) as Record<string, unknown> }];
}

const declare = (title: string) => api.call('POST', '/api/v1/incidents', { title });

describe('the live stream', () => {
  it('sends each change as it happens', async () => {
    const [seen] = await read(1, null, () => declare('A'));
    expect(seen).toMatchObject({
      event: 'incident',
      data: { number: 'INC-1', action: 'incident.open', events: [{ seq: 1, kind: 'opened' }] },
    });
  });

  it('resumes after the last event seen, without gap or repeat', async () => {
    const [first] = await read(1, null, () => declare('B'));
    await Promise.all(['C', 'D', 'E'].map(declare));
    const seen = await read(5, first?.id ?? '', () => Promise.all(['F', 'G'].map(declare)));
    const numbers = seen.map(({ data }) => String(data['number']));
    expect(numbers.toSorted()).toEqual(['INC-3', 'INC-4', 'INC-5', 'INC-6', 'INC-7']);
    const ids = seen.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('waits for an earlier change that is not committed yet', async () => {
    const runner = api.store.dataSource.createQueryRunner();
    await runner.startTransaction();
    const insert = `INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), 'x', 'slow', 'incident/slow', '{}')`;
    const seen = await read(2, null, async () => {
      // The stream is open; now a transaction takes an id and commits only after a later one.
      await runner.query(insert);
      await declare('H');
      await runner.commitTransaction();
    });
    await runner.release();
    expect(seen.map(({ data }) => data['action'])).toEqual(['slow', 'incident.open']);
  });

  it('reads missed changes a page at a time, and then continues live', async () => {
    const [first] = await read(1, null, () => declare('I'));
    await api.store.dataSource.query(
      `INSERT INTO audit_entry (at, actor, action, subject, data)
       SELECT tocsin_now(), 'x', 'page.' || n, 'incident/many', '{}' FROM generate_series(1, 1200) n`,
    );
    const seen = await read(1201, first?.id ?? '', () => declare('J'));
    expect(seen.map(({ data }) => data['action'])).toEqual([
      ...Array.from({ length: 1200 }, (_, index) => `page.${index + 1}`),
      'incident.open',
    ]);
  });

  it('does not buffer what a client does not read, and refuses a position too far back', async () => {
    const old = await api.store.dataSource.query<{ id: string }[]>(
      'SELECT max(id)::text AS id FROM audit_entry',
    );
    await api.store.dataSource.query(
      `INSERT INTO audit_entry (at, actor, action, subject, data)
       SELECT tocsin_now(), 'x', 'much', 'incident/much', jsonb_build_object('text', repeat('x', 3000)) FROM generate_series(1, 9000)`,
    );
    // Nine thousand changes are 27 MB; a client that reads none of them leaves most in the database.
    const reads = jest.spyOn(ChangeFeed.prototype, 'read');
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(
      `GET /api/v1/events?after=${old[0]?.id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer an-admin-token-0123456789abcdef01\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('readable', resolve));
    const [seen] = await read(1, null, () => declare('K'));
    expect(seen?.data['action']).toBe('incident.open');
    // Reads at the end of the feed are those of live streams, this test's own among them.
    const from = Number(old[0]?.id);
    const readFor = reads.mock.calls.filter(([after]) => after >= from && after < from + 8_000);
    expect(readFor.length).toBeLessThan(10);
    socket.destroy();
    reads.mockRestore();
    await api.store.dataSource.query(
      `INSERT INTO audit_entry (at, actor, action, subject, data)
       SELECT tocsin_now(), 'x', 'much', 'incident/much', '{}' FROM generate_series(1, 1100)`,
    );
    const refused = await api.call('GET', `/api/v1/events?after=${old[0]?.id}`);
    expect(refused.json).toMatchObject({ status: 410, code: 'position_too_old' });
  });

  it('refuses an invalid position', async () => {
    const answer = await api.call('GET', '/api/v1/events', undefined, { headers: { 'last-event-id': 'x' } });
    expect(answer.json).toMatchObject({ status: 400, errors: [{ path: 'Last-Event-ID' }] });
  });
});
