/** Progress lines of the set-up: formatted on a terminal, plain elsewhere; none for parts that were ready. */

const isPretty = process.stderr.isTTY && process.env.NO_COLOR === undefined;
const paint = (code, text) => (isPretty ? `\u001B[${code}m${text}\u001B[0m` : text);
const print = (text) => process.stderr.write(`${text}\n`);

/** An error that the user can act on: printed without a stack. */
export class SetupError extends Error {}

/**
 * Runs one long step and prints its name and duration. `run` may print more through its argument. Returns the result
 * of `run`.
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

/** Runs a whole command; a `SetupError` ends it with its message and exit code 1, other errors with their stack. */
export async function command(run) {
  // The reader of the output may be gone: output that cannot be written is dropped, and is no reason to fail.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    return await run(process.argv.slice(2));
  } catch (error) {
    print(`\n${error instanceof SetupError ? error.message : (error.stack ?? error)}`);
    return process.exit(1);
  }
}
