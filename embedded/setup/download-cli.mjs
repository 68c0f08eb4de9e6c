/**
 * `node download-cli.mjs <folder>`: downloads the CLI into the folder through the Temporal SDK. Started by
 * temporal-cli.mjs.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir] = process.argv.slice(2);
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir } },
  });
  await environment.teardown();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
