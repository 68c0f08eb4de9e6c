/**
 * The programs of dist/ as one file each, for the stacks of the tests: loading a thousand modules took half of what a
 * stack costs. The code is that of dist/, joined by esbuild, and what V8 made of it is kept (`load-bundle.mjs`);
 * production, the fault matrix, the supervisor's tests and the test of the image run dist/ itself.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { at, cache } from '../../embedded/setup/paths.mjs';
import { filesBelow, hashOf, isFresh, writeStamp } from '../../embedded/setup/stamp.mjs';

const dist = at('dist');
const loader = at('test', 'harness', 'load-bundle.mjs');
const programs = ['api/main', 'api/migrate', 'worker/main', 'worker/reconcile/main', 'pager/main'];
const programFiles = new Set(programs.map((program) => join(dist, `${program}.js`)));
/** Packages that load files of their own at run time, or of which no process may have two copies. */
const asTheyAre = /^(@temporalio\/|@grpc\/|protobufjs|long$|react)/;

/** Bundles what is out of date; returns the folder, which has the programs at the same places as dist/. */
export async function bundleApps() {
  const folder = join(cache, 'test-apps');
  const stamp = join(folder, '.stamp');
  const sources = filesBelow([dist]).filter((file) => /\.(js|json)$/.test(file) && !isOfTests(file));
  const hash = hashOf([import.meta.filename, loader, at('package-lock.json'), ...sources]);
  if (existsSync(folder) && isFresh(stamp, hash)) return folder;
  // Another run may be using the folder of now: it is replaced whole.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  await build({
    entryPoints: programs.map((program) => ({ in: join(dist, `${program}.js`), out: program })),
    outdir: draft,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    // V8 keeps the code of scripts, with the functions that a run has compiled; of a module it keeps none of them.
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Nest and the errors know classes by name.
    keepNames: true,
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': '$url' },
    banner: { js: `const $url = require('node:url').pathToFileURL(__filename).href;` },
    plugins: [inPlace],
    logLevel: 'error',
  });
  for (const program of programs) {
    const bundle = join(draft, `${program}.cjs`);
    // Code that V8 has kept cannot import by itself: the loader does.
    writeFileSync(bundle, readFileSync(bundle, 'utf8').replace(/\bimport\("/g, '$import("'));
    const load = `import { loadBundle } from ${JSON.stringify(pathToFileURL(loader).href)};\nloadBundle(import.meta.filename);\n`;
    writeFileSync(join(draft, `${program}.js`), load);
  }
  writeStamp(join(draft, '.stamp'), hash);
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return folder;
}

const isOfTests = (file) => file.startsWith(join(dist, 'test')) || file.startsWith(join(dist, 'bench'));

/** The programs await at their top, where a script may not. */
function inFunction(program) {
  const lastImport = [...program.matchAll(/^import [^;]*;$/gm)].at(-1);
  const end = lastImport === undefined ? 0 : lastImport.index + lastImport[0].length;
  return `${program.slice(0, end)}\nvoid (async () => {${program.slice(end)}\n})();\n`;
}

/** Every file of dist/ keeps its place for what it reads beside itself; packages that are not installed stay imports. */
const inPlace = {
  name: 'in-place',
  setup(builder) {
    builder.onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(dist)) return null;
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents: programFiles.has(path) ? inFunction(contents) : contents, loader: 'js' };
    });
    builder.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      // Node finds the names that a CommonJS package exports; in a bundle `import()` of one has a default alone.
      if (asTheyAre.test(path) || kind === 'dynamic-import') return { path, external: true };
      return isInstalled(path, importer) ? null : { path, external: true };
    });
  },
};

function isInstalled(name, importer) {
  try {
    createRequire(importer).resolve(name);
    return true;
  } catch (error) {
    // A package without an entry for `require` is installed all the same.
    return error.code !== 'MODULE_NOT_FOUND';
  }
}
