/** Lines about what is being prepared: pretty on a terminal, plain elsewhere; nothing for what was ready already. */

const isPretty = process.stderr.isTTY && process.env.NO_COLOR === undefined;
const paint = (code, text) => (isPretty ? `\u001B[${code}m${text}\u001B[0m` : text);
const print = (text) => process.stderr.write(`${text}\n`);

/** A reason to stop that a person can act on: printed without a stack. */
export class SetupError extends Error {}

/**
 * Runs one step that takes a while and prints its name and how long it took. `run` may say more by the function it gets.
 * Answers what `run` answers.
 */
export async function step(name, run) {
  const startedMs = performance.now();
  const note = (text) => print(`  ${paint(2, '·')} ${text}`);
  if (isPretty) process.stderr.write(`  ${paint(2, '…')} ${name}`);
  else print(`  ... ${name}`);
  try {
    const result = await run(note);
    const took = paint(2, `${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    print(`${isPretty ? '\r\u001B[K' : ''}  ${paint(32, '✓')} ${name} ${took}`);
    return result;
  } catch (error) {
    print(`${isPretty ? '\r\u001B[K' : ''}  ${paint(31, '✗')} ${name}`);
    throw error;
  }
}

/** Runs a whole command; a `SetupError` ends it with its words and exit code 1, anything else with its stack. */
export async function command(run) {
  // Nobody may be left to read it: output that cannot be written is dropped, and is no reason to fail.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    return await run(process.argv.slice(2));
  } catch (error) {
    print(`\n${error instanceof SetupError ? error.message : (error.stack ?? error)}`);
    return process.exit(1);
  }
}
