import { expect, it } from '@jest/globals';
import { mayAcknowledge } from './may-acknowledge.js';
import type { SourceFormat } from './source-spec.js';

it.each<[SourceFormat, boolean | undefined, boolean]>([
  ['pagerduty-v2', undefined, true],
  ['pagerduty-v2', false, false],
  ['pagerduty-v2', true, true],
  ['alertmanager', undefined, false],
  ['alertmanager', true, true],
  ['grafana', undefined, false],
  ['generic', undefined, false],
  ['generic', true, true],
  ['generic', false, false],
])('%s with acknowledge: %s may: %s', (format, acknowledge, may) =>
  expect(mayAcknowledge({ format, ...(acknowledge === undefined ? {} : { acknowledge }) })).toBe(may),
);
