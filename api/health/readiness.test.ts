import { describe, expect, it } from '@jest/globals';
import { databaseAway, readiness } from './readiness.js';

const beat = (process: string, ageMs: number, detail: Record<string, unknown> = {}) => ({
  process,
  instance: 'a/1',
  ageMs,
  detail,
});

describe('readiness', () => {
  it('is ready with a connected worker and a pager heard from', () => {
    expect(
      readiness([beat('worker', 100, { temporal: 'connected' }), beat('pager', 14_000)], 15_000).ready,
    ).toBe(true);
  });

  it('names the part that is missing', () => {
    const { ready, parts } = readiness(
      [beat('worker', 100, { temporal: 'connecting' }), beat('pager', 16_000)],
      15_000,
    );
    expect([ready, parts.worker.ok, parts.temporal.ok, parts.pager.ok]).toEqual([false, true, false, false]);
  });

  it('knows nothing without the database', () => {
    expect(databaseAway()).toMatchObject({ ready: false, parts: { database: { ok: false } } });
  });
});
