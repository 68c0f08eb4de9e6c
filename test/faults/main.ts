/** `npm run faults`: the fault matrix on the whole product; see docs/reliability.md. */
import { readCommandLine, wholeNumber, wrongUsage } from '../../shared/command-line.js';
import { type FaultCase, makeCases, MAX_SEED, nameOf, readCase, roundsOf } from './cases.js';
import { cells } from './cells.js';
import { tableOf } from './report.js';
import { type Outcome, runRound } from './round.js';
import { startStack } from './stack.js';

const help = `npm run faults -- [options]

  Breaks each part of Tocsin at each phase of an incident's life, and asks afterwards whether a page was lost, came twice
  without saying so, or the record tells anything but the truth.

  --cases N      how many cases (default 200); ${cells.length} cells are defined, each comes once before any comes again
  --seed N       which ones, up to ten digits (default 1)
  --case NAME    only this one, as printed: seed:phase:fault
  --parallel N   so many engines at once (default 2)
  --round N      cases in flight together at most (default 20)
  --build DIR    the build to break (default dist): a release against today's cases
`;

const values = readCommandLine(help, {
  cases: { type: 'string', default: '200' },
  seed: { type: 'string', default: '1' },
  case: { type: 'string', multiple: true },
  parallel: { type: 'string', default: '2' },
  round: { type: 'string', default: '20' },
  build: { type: 'string' },
});
const number = (name: 'cases' | 'seed' | 'parallel' | 'round'): number =>
  wholeNumber(name, values[name], help, name === 'seed' ? MAX_SEED : undefined);

function named(name: string): FaultCase {
  try {
    return readCase(name);
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error), help);
  }
}

// A failed case may have left a pending wait.
process.exit(await main());

async function main(): Promise<number> {
  const cases = values.case?.map(named) ?? makeCases(number('cases'), number('seed'));
  const rounds = roundsOf(cases, number('round'));
  const outcomes: Outcome[] = [];
  const startedAt = performance.now();
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  const work = async (): Promise<void> => {
    const stack = await startStack(values.build === undefined ? {} : { build: values.build });
    try {
      for (let round = rounds.shift(); round !== undefined && !ended.signal.aborted; round = rounds.shift()) {
        for (const outcome of await runRound(stack, round)) tell(outcome);
        progress();
      }
    } finally {
      await stack.end();
    }
  };
  const tell = (outcome: Outcome): void => {
    outcomes.push(outcome);
    if (outcome.breaches.length > 0) process.stdout.write(failureText(outcome));
  };
  const progress = (): void => {
    const minutes = (performance.now() - startedAt) / 60_000;
    const left = cases.length - outcomes.length;
    const failed = outcomes.filter(({ breaches }) => breaches.length > 0).length;
    process.stdout.write(
      `  ${outcomes.length}/${cases.length} cases, ${failed} failed, ${(outcomes.length / minutes).toFixed(0)} a minute, ` +
        `${((left * minutes) / outcomes.length).toFixed(1)} minutes left\n`,
    );
  };
  await Promise.all(Array.from({ length: Math.min(number('parallel'), rounds.length) }, work));
  process.stdout.write(`\n${tableOf(outcomes, (performance.now() - startedAt) / 60_000)}`);
  return outcomes.some(({ breaches }) => breaches.length > 0) || outcomes.length < cases.length ? 1 : 0;
}

function failureText({ one, breaches }: { one: FaultCase; breaches: Outcome['breaches'] }): string {
  const lines = breaches.map(
    ({ invariant, says, subject, detail }) => `    ${invariant} ${says}: ${subject}: ${detail}`,
  );
  return `\n  FAILED ${nameOf(one)}\n${lines.join('\n')}\n    again: npm run faults -- --case ${nameOf(one)}\n\n`;
}
