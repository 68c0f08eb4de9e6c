/** Preparation for every command; each part runs only when needed. */
import { checkNode } from './node-version.mjs';
import { ensureBuild } from './compile.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { onlyOne } from './only-one.mjs';
import { ensureTemporalCli } from './temporal-cli.mjs';

/** `{ build, temporal }`: parts to prepare besides the dependencies. */
export function prepare({ build = true, temporal = true } = {}) {
  checkNode();
  return onlyOne(async () => {
    await ensureDependencies();
    if (build) await ensureBuild();
    if (temporal) await ensureTemporalCli();
  });
}
