/** `node bundle-workflows.mjs <file>`: writes the workflow bundle. Started by compile.mjs. */
import { renameSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode } from '@temporalio/worker';
import { at } from './paths.mjs';

const [target] = process.argv.slice(2);
const workflowsPath = at('dist', 'workflows', 'index.js');
const { code } = await bundleWorkflowCode({
  workflowsPath,
  failureConverterPath: at('dist', 'workflows', 'failure-converter.js'),
  // Evaluated once per worker instead of once per workflow: loading the expression language took milliseconds of each
  // page. Modules of workflows and domain keep nothing between calls except caches of pure functions.
  preloadModules: [workflowsPath],
  // The map refers to lines of the project's files; their text would be kept several times in the worker's memory.
  webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-source-map' }),
});
writeFileSync(`${target}.new`, code);
renameSync(`${target}.new`, target);
