import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coalesceSignals, type SourceSignal } from './coalesce-signals.js';
import type { AlertSignal } from './signal.js';

const item = (source: string, dedupKey: string, fields: Partial<AlertSignal> = {}): SourceSignal => ({
  source,
  signal: {
    action: 'trigger',
    dedupKey,
    title: 'T',
    severity: 'warning',
    labels: {},
    links: [],
    occurredAt: null,
    detail: null,
    ...fields,
  },
});

describe('coalescing a batch', () => {
  it('counts repeats of a key, keeps the order of different actions, sorts by source and key', () => {
    const batch = [
      item('b', 'k'),
      item('a', 'z'),
      item('b', 'k'),
      item('b', 'k', { action: 'resolve' }),
      item('b', 'k'),
      item('a', 'y'),
    ];
    const shape = coalesceSignals(batch).map(({ source, dedupKey, steps }) => [
      source,
      dedupKey,
      steps.map(({ signal, count }) => `${signal.action}×${count}`),
    ]);
    expect(shape).toEqual([
      ['a', 'y', ['trigger×1']],
      ['a', 'z', ['trigger×1']],
      ['b', 'k', ['trigger×2', 'resolve×1', 'trigger×1']],
    ]);
  });

  it('keeps the first words, the worst severity, the newest time and deadline', () => {
    const first = {
      title: 'First',
      occurredAt: '2026-11-22T22:00:00.000Z',
      resolveAt: '2026-11-22T22:04:00.000Z',
    };
    const second = {
      title: 'Second',
      severity: 'critical' as const,
      occurredAt: '2026-11-22T22:01:00.000Z',
      resolveAt: '2026-11-22T22:05:00.000Z',
    };
    const [key] = coalesceSignals([item('a', 'k', first), item('a', 'k', second)]);
    expect(key?.steps).toMatchObject([
      {
        count: 2,
        indexes: [0, 1],
        signal: {
          title: 'First',
          severity: 'critical',
          occurredAt: second.occurredAt,
          resolveAt: second.resolveAt,
        },
      },
    ]);
    expect(
      coalesceSignals([item('a', 'k', first), item('a', 'k')])[0]?.steps[0]?.signal.occurredAt,
    ).toBeNull();
  });

  it('loses no signal and leaves the batch as it was', () => {
    const items = fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.constantFrom('x', 'y', 'a x'),
      fc.constantFrom('trigger', 'resolve', 'acknowledge'),
    );
    fc.assert(
      fc.property(fc.array(items, { maxLength: 40 }), (tuples) => {
        const batch = tuples.map(([source, key, action]) =>
          item(source, key, { action: action as AlertSignal['action'] }),
        );
        const before = JSON.stringify(batch);
        const keys = coalesceSignals(batch);
        expect(JSON.stringify(batch)).toBe(before);
        const indexes = keys
          .flatMap(({ steps }) => steps.flatMap((step) => step.indexes))
          .sort((a, b) => a - b);
        expect(indexes).toEqual(batch.map((_, index) => index));
        for (const { source, dedupKey, steps } of keys) {
          const own = steps.flatMap((step) => step.indexes);
          expect(own).toEqual([...own].sort((a, b) => a - b));
          for (const index of own) expect(batch[index]).toMatchObject({ source, signal: { dedupKey } });
          for (const step of steps) expect(step.count).toBe(step.indexes.length);
        }
      }),
    );
  });
});
