/**
 * Ends suites that do not end by themselves. Jest's own time limit is a timer in the suite's process: it never comes
 * when a test computes for ever, while a module is loaded, or when Jest itself waits for something.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const LOOK_MS = 500;

/**
 * `folder`: one file per process that runs a suite (`test/harness/suite-environment.mjs`). A suite over the limit is
 * killed with its process, which Jest counts as a failure; then `pid`, Jest itself, when nothing runs for so long.
 */
export function watchSuites({ folder, pid, limitMs, root, say }) {
  let lastRan = Date.now();
  const end = (running, why) => {
    say(`${why}; process ${running} is killed`);
    try {
      process.kill(running, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  const look = () => {
    const now = Date.now();
    for (const { file, running, suite, since, test } of suitesIn(folder)) {
      lastRan = now;
      if (now - since < limitMs) continue;
      rmSync(file, { force: true });
      const at = test === null ? 'outside its tests' : `last in the test “${test}”`;
      end(running, `${relative(root, suite)} has not ended after ${limitMs / 1000} s, ${at}`);
    }
    if (now - lastRan < limitMs) return;
    lastRan = now;
    end(pid, `no suite has run for ${limitMs / 1000} s, and Jest has not ended`);
  };
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}

function suitesIn(folder) {
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    try {
      return [{ file, running: Number.parseInt(name, 10), ...JSON.parse(readFileSync(file, 'utf8')) }];
    } catch {
      // It has just ended, or is being written.
      return [];
    }
  });
}
