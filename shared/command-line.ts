/** Command-line options: `--help` and wrong usage print plain text, never a stack trace. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Same as grep and most tools: the command itself has not begun. */
const WRONG_USAGE = 2;

/** `--help` prints the help and exits; an unknown option prints the mistake and exits with code 2. */
export function readCommandLine<T extends Options>(
  help: string,
  options: T,
  /** The arguments left after the command has taken a name from the front. */
  args: string[] = process.argv.slice(2),
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  if (process.argv.includes('--help')) {
    process.stdout.write(help);
    process.exit(0);
  }
  try {
    return parseArgs<{ args: string[]; options: T }>({ args, options }).values;
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : String(error), help);
  }
}

/** A whole number from 1 to `max`; anything else exits like an unknown option. */
export function wholeNumber(name: string, text: string, help: string, max = 999_999): number {
  if (!/^[1-9]\d*$/.test(text) || text.length > 15 || Number(text) > max)
    return wrongUsage(`--${name}: "${text}" is not a whole number from 1 to ${max}`, help);
  return Number(text);
}

/** Prints the mistake and the help, and exits. */
export function wrongUsage(what: string, help: string): never {
  process.stderr.write(`${what}\n\n${help}`);
  process.exit(WRONG_USAGE);
}
