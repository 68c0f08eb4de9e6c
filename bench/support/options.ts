import { readCommandLine, wholeNumber } from '../../shared/command-line.js';

/** Options of a benchmark: whole numbers with defaults. */
export function readNumbers<T extends Record<string, number>>(bench: string, defaults: T): T {
  const shown = Object.entries(defaults).map(([name, value]) => ` [--${name} ${value}]`);
  const help = `npm run bench -- ${bench}${shown.join('')}\n`;
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: 'string' as const, default: String(value) },
    ]),
  );
  const given = readCommandLine(help, options);
  const numbers = Object.entries(defaults).map(([name, value]) => {
    const text = given[name];
    return [name, typeof text === 'string' ? wholeNumber(name, text, help) : value] as const;
  });
  // The same names as in the defaults.
  return Object.fromEntries(numbers) as T;
}
