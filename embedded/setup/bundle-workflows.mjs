/** `node bundle-workflows.mjs <file>`: writes the workflow bundle. Started by compile.mjs. */
import { renameSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode } from '@temporalio/worker';
import { at } from './paths.mjs';

const [target] = process.argv.slice(2);
const workflowsPath = at('dist', 'workflows', 'index.js');
const { code } = await bundleWorkflowCode({
  workflowsPath,
  failureConverterPath: at('dist', 'workflows', 'failure-converter.js'),
  // Evaluated once for the worker instead of once for every workflow: loading the expression language took milliseconds of
  // each page. Modules of workflows and domain keep nothing between calls but caches of pure functions.
  preloadModules: [workflowsPath],
  // The map names lines of our files; their text would be kept several times over in the worker's memory.
  webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-source-map' }),
});
writeFileSync(`${target}.new`, code);
renameSync(`${target}.new`, target);
