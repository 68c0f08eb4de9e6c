/** Previews of a schedule: the caller chooses their cost, so a worker thread computes them while the api keeps answering. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { Thread } from '../../shared/thread.js';

let api: RunningApi;
let stakeholder: string;
beforeAll(async () => {
  api = await startApi();
  const people = ['ana', 'bo'].map(
    (name) => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec: {displayName: ${name}, email: ${name}@example.com, timezone: UTC, role: responder}`,
  );
  const team = `---
apiVersion: tocsin/v1
kind: Team
metadata: {name: shop}
spec: {displayName: Shop, discipline: development, timezone: UTC, members: [ana, bo]}
`;
  const applied = await api.call('POST', '/api/v1/config/apply', `${people.join('\n')}\n${team}`);
  expect({ status: applied.status, text: applied.text }).toMatchObject({ status: 200 });
  const { json } = await api.call('POST', '/api/v1/keys', { name: 'board', role: 'stakeholder' });
  stakeholder = String(json['key']);
});
afterAll(() => api.stop());

const preview = (layers: object[]) =>
  api.call(
    'POST',
    '/api/v1/schedules/nights/preview',
    { spec: { team: 'shop', timezone: 'UTC', layers }, days: 366 },
    { token: stakeholder },
  );
const hourly = (name: string) => ({
  name,
  people: ['ana', 'bo'],
  rotation: { every: 1, unit: 'hour', start: '2026-01-05T00:00' },
});

it('a year of shifts of an hour in ten layers is previewed in the thread, in turn with what others ask', async () => {
  const run = jest.spyOn(Thread.prototype, 'run');
  try {
    const answer = await preview(Array.from({ length: 10 }, (_, n) => hourly(`layer ${n}`)));
    expect(answer.status).toBe(200);
    expect((answer.json['changes'] as unknown[]).length).toBeGreaterThanOrEqual(366 * 24);
    expect(run.mock.calls.map(([owner]) => owner)).toEqual([expect.stringMatching(/^key:/)]);
  } finally {
    run.mockRestore();
  }
});
