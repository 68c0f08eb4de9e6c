/** Output of every benchmark: progress on stderr, one JSON line on stdout, and an exit code. */

export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Prints the line and ends the process: 0 when `ok`, else 1. */
export function finish(result: { bench: string; ok: boolean } & Record<string, unknown>): never {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(result.ok ? 0 : 1);
}
