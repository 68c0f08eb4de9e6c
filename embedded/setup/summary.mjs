/** The last line of a test or check run, `N passed, N failed`, on its own line so that machines find it. */
import { appendFileSync } from 'node:fs';

/** With TOCSIN_SUMMARY set the counts go to that file instead: `.ci/run` adds up several runs. */
export function printSummary(passed, failed) {
  const file = process.env.TOCSIN_SUMMARY ?? '';
  if (file !== '') appendFileSync(file, `${passed} ${failed}\n`);
  else process.stdout.write(`${passed} passed, ${failed} failed\n`);
}
