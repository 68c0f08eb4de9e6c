/**
 * Replays real runs, recorded by `test/histories/record.ts`: a change that would break an open incident of an older version fails
 * here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';

const folder = join(import.meta.dirname, 'histories');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const logger = new DefaultLogger('ERROR');

let current: WorkflowBundle;
let reordered: WorkflowBundle;

const bundle = (file: string): Promise<WorkflowBundle> =>
  bundleWorkflowCode({ workflowsPath: join(import.meta.dirname, file), logger });

const replay = (workflowBundle: WorkflowBundle, file: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle }, JSON.parse(readFileSync(join(folder, file), 'utf8')));

beforeAll(async () => {
  // The core logs each changed order, which half of this file expects.
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter: 'ERROR' } } });
  [current, reordered] = await Promise.all([bundle('index.ts'), bundle('testing/reordered.ts')]);
}, 90_000);

describe('the histories', () => {
  it('hold the main paths', () => {
    const names = new Set(files.map((file) => file.replace(/^\d+\.\d+\.\d+-(.+)\.json$/, '$1')));
    const wanted =
      'ordinary escalated sent-again settled required-discipline changes-requested priority-raised rebuilt long ' +
      'continued with-runbook acknowledged-early approved approval-expired goto cancelled drill rehearsed';
    expect(wanted.split(' ').filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(files)('%s replays', async (file) => {
    await replay(current, file);
  });

  it.each(files)('%s does not replay in another order', async (file) => {
    await expect(replay(reordered, file)).rejects.toThrow(DeterminismViolationError);
  });
});
