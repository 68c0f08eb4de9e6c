import { afterAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNamespace } from './namespace-probe.js';
import { freePort } from './ports.js';
import { startTemporal, type RunningTemporal } from './temporal.js';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-temporal-'));
const dbFile = join(folder, 'temporal.db');
let running: RunningTemporal | null = null;

afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function withClient<T>(
  address: string,
  namespace: string,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

describe('the embedded Temporal', () => {
  it('has its namespaces when it is ready, and keeps what was started over a kill', async () => {
    running = await startTemporal({ dbFile, namespaces: ['stories'] });
    await withClient(running.address, 'stories', (client) =>
      client.workflow.start('waits', { workflowId: 'kept', taskQueue: 'nobody' }),
    );
    await running.kill();
    running = await startTemporal({ dbFile, namespaces: ['stories'], port: running.port });
    const status = await withClient(running.address, 'stories', async (client) => {
      const described = await client.workflow.getHandle('kept').describe();
      return described.status.name;
    });
    expect(status).toBe('RUNNING');
  });

  it('says no to a namespace that is not there, and to a server that is not', async () => {
    running ??= await startTemporal({ dbFile, namespaces: ['stories'] });
    expect(await hasNamespace(running.address, 'stories')).toBe(true);
    expect(await hasNamespace(running.address, 'nowhere')).toBe(false);
    expect(await hasNamespace(`127.0.0.1:${await freePort()}`, 'default')).toBe(false);
  });
});
