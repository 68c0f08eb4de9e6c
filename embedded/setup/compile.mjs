/** Sources → dist/: compiles TypeScript, copies other files, removes files without a source, bundles workflows. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { at, root } from './paths.mjs';
import { SetupError, step } from './progress.mjs';
import { run, tail } from './run.mjs';
import { filesBelow, hashOf, isFresh, writeStamp } from './stamp.mjs';

const dist = at('dist');
const compiled = new Set(['.ts', '.tsx']);
/** Files read at run time beside the code; other files in a source folder (READMEs, recordings) are not copied. */
const copied = new Set([
  '.css',
  '.svg',
  '.html',
  '.ico',
  '.png',
  '.woff2',
  '.json',
  '.yaml',
  '.yml',
  '.sql',
  '.txt',
]);
const recipe = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => at(name));

/** Builds what is out of date. */
export async function ensureBuild() {
  const sources = filesBelow(sourceFolders()).filter((file) => !/\.(test|spec)\.tsx?$/.test(file));
  const hash = hashOf([...recipe, ...sources]);
  const stamp = join(dist, '.stamp');
  if (!isFresh(stamp, hash)) {
    rmSync(stamp, { force: true });
    await step('build', async () => {
      await compile();
      copyAssets(sources);
      removeOrphans();
      writeStamp(stamp, hash);
    });
  }
  await ensureBundle();
}

/** tsconfig.json is the one list of source folders. */
function sourceFolders() {
  return JSON.parse(readFileSync(at('tsconfig.json'), 'utf8')).include.map((folder) => at(folder));
}

async function compile() {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root });
  if (code !== 0) throw new SetupError(`The build failed:\n${tail(output, 40)}`);
}

function copyAssets(sources) {
  for (const file of sources) {
    if (!copied.has(extname(file))) continue;
    const target = join(dist, relative(root, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}

/** A deleted source must not stay in dist, where a migration index or a glob would still find it. */
function removeOrphans() {
  for (const file of filesBelow([dist])) {
    const source = join(root, relative(dist, file));
    const stem = source.replace(/\.(js|js\.map)$/, '');
    const isBundle = dirname(file) === dist && file.includes('workflow-bundle');
    // State of the compiler, so that the next build covers changes only. It is deleted with dist/.
    const isBuildInfo = file === join(dist, '.tsbuildinfo');
    const hasSource = existsSync(source) || [...compiled].some((extension) => existsSync(stem + extension));
    if (!hasSource && !isBundle && !isBuildInfo) rmSync(file);
  }
}

/**
 * The workflows as one file, as the worker loads them; webpack runs in a process of its own, whose memory ends with
 * it.
 */
async function ensureBundle() {
  if (!existsSync(join(dist, 'workflows', 'index.js'))) return;
  const inputs = filesBelow([join(dist, 'workflows'), join(dist, 'domain'), join(dist, 'activities')]);
  const script = at('embedded', 'setup', 'bundle-workflows.mjs');
  const hash = hashOf([...recipe, script, ...inputs.filter((file) => file.endsWith('.js'))]);
  const stamp = join(dist, 'workflow-bundle.stamp');
  const bundle = join(dist, 'workflow-bundle.js');
  if (existsSync(bundle) && isFresh(stamp, hash)) return;
  await step('workflow bundle', async () => {
    const { code, output } = await run(process.execPath, [script, bundle], { cwd: root });
    if (code !== 0) throw new SetupError(`The workflows could not be bundled:\n${tail(output, 40)}`);
    writeStamp(stamp, hash);
  });
}
