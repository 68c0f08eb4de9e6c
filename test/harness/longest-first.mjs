/**
 * The order of the suites: those that take minutes first, so that the run does not end with one worker waiting for
 * them, then those that start processes, then the rest by size. Jest's own order knows durations only from earlier
 * runs on the same machine.
 */
import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';

const first = [
  'test/browser/pages.test.ts',
  'test/stories/restore.test.ts',
  'test/faults/',
  'test/stories/drill.test.ts',
  'test/browser/',
  'test/image/',
  'test/stories/',
  'test/security/',
  'workflows/',
  'embedded/',
  'api/',
];

export default class LongestFirst {
  sort(tests) {
    const place = new Map(tests.map((test) => [test, placeOf(test)]));
    const size = new Map(tests.map((test) => [test, statSync(test.path).size]));
    return tests.toSorted((a, b) => place.get(a) - place.get(b) || size.get(b) - size.get(a));
  }

  /** For `--onlyFailures`: nothing is kept from earlier runs. */
  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}

function placeOf({ path, context }) {
  const name = relative(context.config.rootDir, path).split(sep).join('/');
  const index = first.findIndex((start) => name.startsWith(start));
  return index === -1 ? first.length : index;
}
