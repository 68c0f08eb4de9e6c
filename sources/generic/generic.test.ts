import { describe, expect, it } from '@jest/globals';
import { bytes, context, testdata } from '../testdata.js';
import { generic } from './generic.js';

const parse = (name: string) => generic.parse(testdata('generic', name), {}, context());
const parseBody = (body: unknown) => generic.parse(bytes(body), {}, context());

describe('the generic format', () => {
  it('needs a title only', () => {
    expect(parse('one-alert-with-nothing-but-a-title')).toMatchObject({
      signals: [
        {
          action: 'trigger',
          dedupKey: 'new-key-1',
          title: 'Backup of checkout-db did not finish',
          severity: 'error',
          detail: null,
        },
      ],
    });
  });

  it('reads every field, and keeps those it does not know', () => {
    expect(parse('one-alert-with-every-field')).toMatchObject({
      signals: [
        {
          dedupKey: 'queue/checkout',
          severity: 'critical',
          description: '12000 messages wait.',
          labels: { queue: 'checkout', depth: '12000', durable: 'true' },
          links: [
            { title: 'Queue', url: 'https://mq.example.com/q/checkout' },
            { title: 'https://wiki.example.com/queues', url: 'https://wiki.example.com/queues' },
          ],
          occurredAt: '2026-11-22T22:10:00.000Z',
          client: 'queue-watch 1.2',
          detail: { shard: 7, sample: { oldest: '2026-11-22T20:00:00Z' } },
        },
      ],
    });
  });

  it('takes an array and answers with each key and action', () => {
    const outcome = parse('array-mixes-trigger-acknowledge-and-resolve');
    expect(generic.accepted(outcome.kind === 'signals' ? outcome.signals : [])).toEqual({
      status: 202,
      body: {
        status: 'accepted',
        alerts: [
          { dedupKey: 'db-1/disk', action: 'trigger' },
          { dedupKey: 'db-2/disk', action: 'acknowledge' },
          { dedupKey: 'db-3/disk', action: 'resolve' },
        ],
      },
    });
  });

  it('says every error with its place', () => {
    const outcome = parse('rejected-with-every-error-at-once');
    expect(outcome.kind === 'rejected' && outcome.errors.map(({ path }) => path)).toEqual([
      '[0].title',
      '[0].severity',
      '[0].labels.a',
      '[0].links[0].url',
      '[0].occurredAt',
      '[2].dedupKey',
      '[3].status',
      '[4]',
    ]);
    expect(parseBody({})).toMatchObject({ errors: [{ path: 'title' }] });
  });

  it('limits the array, and the list of errors', () => {
    expect(parseBody([])).toMatchObject({
      errors: [{ path: 'body', message: expect.stringContaining('empty array') }],
    });
    expect(parseBody(Array.from({ length: 1000 }, () => ({ title: 'x' }))).kind).toBe('signals');
    expect(parseBody(Array.from({ length: 1001 }, () => ({ title: 'x' })))).toMatchObject({
      errors: [{ path: 'body' }],
    });
    const outcome = parseBody(Array.from({ length: 1000 }, () => ({})));
    expect(outcome.kind === 'rejected' && [outcome.errors.length, outcome.errors.at(-1)?.message]).toEqual([
      101,
      'and 900 more errors',
    ]);
  });
});
