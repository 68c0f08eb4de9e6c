/** Options of our commands: `--help` and mistakes are answered in words, never with a stack. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** As for grep and most others: the command itself has not begun. */
const WRONG_USAGE = 2;

/** `--help` prints the help and ends the process; so does an option that is not one, with what is wrong and exit code 2. */
export function readCommandLine<T extends Options>(
  help: string,
  options: T,
  /** What is left when the command has taken a name from the front. */
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

/** A whole number from 1 to 999,999; anything else ends the process like an unknown option. */
export function wholeNumber(name: string, text: string, help: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    return wrongUsage(`--${name}: "${text}" is not a whole number from 1 to 999999`, help);
  return Number(text);
}

/** Says what is wrong and what would be right, and ends the process. */
export function wrongUsage(what: string, help: string): never {
  process.stderr.write(`${what}\n\n${help}`);
  process.exit(WRONG_USAGE);
}
