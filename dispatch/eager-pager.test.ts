import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { EagerPager } from './eager-pager.js';

const log = pino({ level: 'silent' });

/** `ends` decides when and how each look ends. */
function started(ends: () => Promise<void>) {
  const looks: string[] = [];
  const eagerPager = new EagerPager(
    {
      lookAt: (incidentId) => {
        looks.push(incidentId);
        return ends();
      },
    },
    log,
  );
  return { looks, eagerPager };
}

describe('the eager pager', () => {
  it('has the incident of a new outbox row looked at, and of no other workflow', async () => {
    const { looks, eagerPager } = started(() => Promise.resolve());
    await eagerPager.onNotify('incident/incident-1');
    await eagerPager.onNotify('runbook/some-run');
    expect(looks).toEqual(['incident-1']);
  });

  it('does not keep the relay waiting for a slow page, and ends with it', async () => {
    let finish = (): void => undefined;
    const { eagerPager } = started(() => new Promise((resolve) => (finish = resolve)));
    await eagerPager.onNotify('incident/incident-1');
    let isStopped = false;
    const stopped = eagerPager.stop().then(() => (isStopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isStopped).toBe(false);
    finish();
    await stopped;
  });

  it('leaves a failure, and what is too much at once, to the workflows', async () => {
    const failing = started(() => Promise.reject(new Error('the database is away')));
    await failing.eagerPager.onNotify('incident/incident-1');
    const hanging = started(() => new Promise(() => undefined));
    await Promise.all(Array.from({ length: 40 }, (_, n) => hanging.eagerPager.onNotify(`incident/${n}`)));
    expect(hanging.looks).toHaveLength(32);
  });
});
