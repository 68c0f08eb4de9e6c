/**
 * `node dist/test/histories/record.js [name …]`: drives real runs on a server of its own and saves their histories in
 * `workflows/histories/`, named for this version. Without names, all of them. Existing files of other versions stay.
 */
import { mkdirSync } from 'node:fs';
import { eventually } from '../harness/eventually.js';
import { startServers } from '../harness/servers.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';
import { recordContinued } from './continued.js';
import { documents } from './organisation.js';
import { folder, save } from './save.js';
import { scenarios, type Recorded } from './scenarios.js';

const names = process.argv.slice(2);
const known = [...Object.keys(scenarios), 'continued'];
const unknown = names.find((name) => !known.includes(name));
if (unknown !== undefined) throw new Error(`${unknown} is no recording; there are ${known.join(', ')}`);
const isWanted = (name: string): boolean => names.length === 0 || names.includes(name);

mkdirSync(folder, { recursive: true });
const servers = await startServers();
Object.assign(process.env, servers.env);
try {
  const stack = await startTestStack();
  try {
    await stack.apply(...documents);
    for (const [name, scenario] of Object.entries(scenarios)) {
      if (isWanted(name)) await keep(stack, await scenario(stack));
    }
  } finally {
    await stack.end();
  }
  if (isWanted('continued')) await recordContinued(tell);
} finally {
  await servers.stop();
}

async function keep({ tocsin }: TestStack, recorded: Recorded): Promise<void> {
  const client = await tocsin.histories.client();
  for (const [name, workflowId] of Object.entries(recorded)) {
    const handle = client.workflow.getHandle(workflowId);
    await eventually(async () => (await handle.describe()).status.name === 'COMPLETED', {
      what: `the end of ${workflowId} (${name})`,
      timeoutMs: 30_000,
    });
    tell(save(name, await tocsin.histories.opened(workflowId)));
  }
}

function tell({ file, events }: { file: string; events: number }): void {
  process.stdout.write(`${file}: ${events} events\n`);
}
