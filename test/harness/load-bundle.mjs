/**
 * Runs a program of `bundle-apps.mjs`. The first run to end leaves what V8 compiled beside it, and the next ones start
 * from that: half of what loading costs.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** `program`: the file with the ending `.js`, beside its bundle. */
export function loadBundle(program) {
  const filename = program.replace(/\.js$/, '.cjs');
  const cache = program.replace(/\.js$/, '.v8');
  const isKept = existsSync(cache);
  // The bundle is ASCII, which is read faster as such.
  const source = `(function (require, $import, module, exports, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`;
  const script = new Script(source, {
    filename,
    ...(isKept ? { cachedData: readFileSync(cache) } : {}),
  });
  if (!isKept || script.cachedDataRejected) process.once('exit', () => keep(script, cache));
  const module = { exports: {} };
  const load = (name) => import(name);
  script.runInThisContext()(
    createRequire(filename),
    load,
    module,
    module.exports,
    filename,
    dirname(filename),
  );
}

/** Another process may be doing the same, or reading: the file is replaced whole. */
function keep(script, cache) {
  const draft = `${cache}.${process.pid}`;
  writeFileSync(draft, script.createCachedData());
  renameSync(draft, cache);
}
