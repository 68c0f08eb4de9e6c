/** What every command needs before its own work, each part only when it is not there yet. */
import { checkNode } from './node-version.mjs';
import { ensureBuild } from './compile.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { onlyOne } from './only-one.mjs';
import { ensureTemporalCli } from './temporal-cli.mjs';

/** `{ build, temporal }` say which parts beside the dependencies are wanted. */
export function prepare({ build = true, temporal = true } = {}) {
  checkNode();
  return onlyOne(async () => {
    await ensureDependencies();
    if (build) await ensureBuild();
    if (temporal) await ensureTemporalCli();
  });
}
