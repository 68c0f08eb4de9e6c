/** `.env` beside package.json, for `npm start`: the environment wins, and an invalid line is reported. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { at } from './paths.mjs';
import { SetupError } from './progress.mjs';

const ASSIGNMENT = /^(export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=/;

/** Adds to `env` the variables of the file that `env` lacks. Returns their number. */
export function readEnvFile(env = process.env, file = at('.env')) {
  if (!existsSync(file)) return 0;
  const text = readFileSync(file, 'utf8');
  const wrong = text.split(/\r?\n/).flatMap((line, index) => problemOf(line.trim(), index + 1));
  if (wrong.length > 0) throw new SetupError(`${file} cannot be read:\n${wrong.join('\n')}`);
  // An empty value counts as unset, in both.
  const taken = Object.entries(parseEnv(text)).filter(
    ([name, value]) => value.trim() !== '' && (env[name]?.trim() ?? '') === '',
  );
  for (const [name, value] of taken) env[name] = value;
  return taken.length;
}

/** Never includes the value, which may be a secret. */
function problemOf(line, number) {
  if (line === '' || line.startsWith('#')) return [];
  const name = /^[^\s=]{1,64}/.exec(line)?.[0] ?? '';
  if (!ASSIGNMENT.test(line))
    return [`  line ${number}: "${name}" is not NAME=value; a comment begins with #`];
  const value = line.slice(line.indexOf('=') + 1).trim();
  const quote = /^["'`]/.exec(value)?.[0];
  if (quote !== undefined && value.indexOf(quote, 1) === -1)
    return [
      `  line ${number}: the quote in ${name.replace(/=.*/, '')} is not closed; a value ends with its line`,
    ];
  return [];
}
