import { expect, it } from '@jest/globals';
import { startApi } from './testing/start-api.js';

it('a time that the database has not is a mistake of the request, on every route', async () => {
  const api = await startApi();
  try {
    for (const path of [
      '/api/v1/oncall?at=0000-01-01T00:00:00Z',
      '/api/v1/oncall?at=0000-12-31T23:59:59-14:00',
    ]) {
      const { status, json } = await api.call('GET', path);
      expect([path, status < 500, json['code']]).toEqual([
        path,
        true,
        status === 400 ? 'invalid_time' : undefined,
      ]);
    }
    expect((await api.call('GET', '/api/v1/oncall?at=0000-01-01T00:00:00Z')).status).toBe(400);
    expect((await api.call('GET', '/api/v1/oncall?at=9999-12-31T23:59:59Z')).status).toBe(200);
  } finally {
    await api.stop();
  }
});
