/** `node bundle-workflows.mjs <file>`: writes the workflow bundle. Started by compile.mjs. */
import { renameSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode } from '@temporalio/worker';
import { at } from './paths.mjs';

const [target] = process.argv.slice(2);
const { code } = await bundleWorkflowCode({ workflowsPath: at('dist', 'workflows', 'index.js') });
writeFileSync(`${target}.new`, code);
renameSync(`${target}.new`, target);
