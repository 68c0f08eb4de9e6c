/**
 * The api, worker, pager and `tocsin-reconcile` of dist/ as one file each, for the stacks of the tests: loading a
 * thousand modules took half of what a stack costs. The code is that of dist/, joined by esbuild; production, the supervisor's tests and the
 * test of the image run dist/ itself.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { at, cache } from '../../embedded/setup/paths.mjs';
import { filesBelow, hashOf, isFresh, writeStamp } from '../../embedded/setup/stamp.mjs';

const dist = at('dist');
/** Packages that load files of their own at run time, or of which no process may have two copies. */
const asTheyAre = /^(@temporalio\/|@grpc\/|protobufjs|long$|react)/;

/** Bundles what is out of date; returns the folder, which holds `<part>/main.js`. */
export async function bundleApps() {
  const folder = join(cache, 'test-apps');
  const stamp = join(folder, '.stamp');
  const sources = filesBelow([dist]).filter((file) => /\.(js|json)$/.test(file) && !isOfTests(file));
  const hash = hashOf([import.meta.filename, at('package-lock.json'), ...sources]);
  if (existsSync(folder) && isFresh(stamp, hash)) return folder;
  // Another run may be using the folder of now: it is replaced whole.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  await build({
    entryPoints: ['api', 'worker', 'pager', 'worker/reconcile'].map((part) => ({
      in: join(dist, part, 'main.js'),
      out: join(part, 'main'),
    })),
    outdir: draft,
    bundle: true,
    // Modules that are imported on demand stay in files of their own.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Nest and the errors know classes by name.
    keepNames: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: commonJs },
    plugins: [inPlace],
    logLevel: 'error',
  });
  writeStamp(join(draft, '.stamp'), hash);
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return folder;
}

const isOfTests = (file) => file.startsWith(join(dist, 'test')) || file.startsWith(join(dist, 'bench'));

/** What CommonJS packages inside an ES module miss. */
const commonJs = `import { createRequire as $createRequire } from 'node:module';
import { fileURLToPath as $pathOf } from 'node:url';
const require = $createRequire(import.meta.url);
const __filename = $pathOf(import.meta.url);
const __dirname = $pathOf(new URL('.', import.meta.url));`;

/** Every file of dist/ keeps its place for what it reads beside itself; packages that are not installed stay imports. */
const inPlace = {
  name: 'in-place',
  setup(builder) {
    builder.onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(dist)) return null;
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'js' };
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
