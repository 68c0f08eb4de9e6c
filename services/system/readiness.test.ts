import { describe, expect, it } from '@jest/globals';
import { databaseAway, readiness } from './readiness.js';

const heartbeat = (process: string, ageMs: number, detail: Record<string, unknown> = {}) => ({
  process,
  instance: 'a/1',
  ageMs,
  detail,
});

describe('readiness', () => {
  it('is ready with a connected worker and a pager that reports', () => {
    expect(
      readiness([heartbeat('worker', 100, { temporal: 'connected' }), heartbeat('pager', 14_000)], 15_000)
        .ready,
    ).toBe(true);
  });

  it('names the part that is missing', () => {
    const { ready, parts } = readiness(
      [heartbeat('worker', 100, { temporal: 'connecting' }), heartbeat('pager', 16_000)],
      15_000,
    );
    expect([ready, parts.worker.ok, parts.temporal.ok, parts.pager.ok]).toEqual([false, true, false, false]);
  });

  it('is unknown without the database', () => {
    expect(databaseAway()).toMatchObject({ ready: false, parts: { database: { ok: false } } });
  });
});
