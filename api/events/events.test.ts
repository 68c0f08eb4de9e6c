import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

/** Reads the stream until `enough` events have come. */
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
  it('tells what changed, as it changes', async () => {
    const [seen] = await read(1, null, () => declare('A'));
    expect(seen).toMatchObject({
      event: 'incident',
      data: { number: 'INC-1', action: 'incident.open', events: [{ seq: 1, kind: 'opened' }] },
    });
  });

  it('goes on behind the last event that was seen, without gap or repeat', async () => {
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
      // The stream is open; now an id is taken that commits only after a later one.
      await runner.query(insert);
      await declare('H');
      await runner.commitTransaction();
    });
    await runner.release();
    expect(seen.map(({ data }) => data['action'])).toEqual(['slow', 'incident.open']);
  });

  it('refuses a position that no stream gave out', async () => {
    const answer = await api.call('GET', '/api/v1/events', undefined, { headers: { 'last-event-id': 'x' } });
    expect(answer.json).toMatchObject({ status: 400, errors: [{ path: 'Last-Event-ID' }] });
  });
});
