import type { WatchDocument } from '../fold-watch.js';
import type { WatchSpec } from '../watch-spec.js';

/** A watch for tests: expects 1, one acceptable deviation is 0.25. */
export const watchOf = (spec: Partial<WatchSpec> = {}): WatchDocument => ({
  name: 'checkout-p99',
  revision: 1,
  spec: {
    service: 'checkout-db',
    displayName: 'p99',
    unit: 's',
    source: { prometheus: { url: 'https://prometheus.example.com', query: 'p99' } },
    every: '30s',
    expected: { value: 1 },
    acceptable: { percent: 25 },
    direction: 'above',
    bands: [{ beyond: 1, priority: 'P4' }],
    hysteresis: 0.1,
    noData: { for: '10m', priority: 'P3' },
    ...spec,
  },
});
