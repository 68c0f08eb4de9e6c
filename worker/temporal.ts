/**
 * The Temporal connection, and the three workers of a process: workflows with their local activities, sending,
 * runbooks.
 */
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';
import type { Logger } from 'pino';
import type { RootKeys } from '../shared/keys.js';
import { taskQueues } from '../workflows/messages.js';
import { createPayloadCodec } from './payload-codec.js';

const isLocal = (address: string): boolean => /^(127\.|localhost|\[::1\])/.test(address);

export interface TemporalConnection {
  connection: NativeConnection;
  client: Client;
  namespace: string;
}

/**
 * The failure converter is loaded from its file, into the workflow bundle as well
 * (`embedded/setup/bundle-workflows.mjs`).
 */
const dataConverter = (secretKey: RootKeys, refused: 'fails' | 'nothing'): DataConverter => ({
  payloadCodecs: [createPayloadCodec({ secretKey, refused })],
  failureConverterPath: join(import.meta.dirname, '..', 'workflows', 'failure-converter.js'),
});

/** Waits until Temporal answers: the worker may start before the server, and survives its restarts. */
export async function connectTemporal(
  secretKey: RootKeys,
  log: Logger,
  stopping: AbortSignal,
): Promise<TemporalConnection> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  for (let attempt = 0; !stopping.aborted; attempt++) {
    try {
      const connection = await NativeConnection.connect({
        ...connectionOptions,
        address,
        // Compression on loopback only costs CPU (docs/performance.md, Levers).
        ...(isLocal(address) ? { grpcCompression: { codec: 'none' as const } } : {}),
      });
      const client = new Client({
        connection,
        namespace,
        dataConverter: dataConverter(secretKey, 'fails'),
      });
      return { connection, client, namespace };
    } catch (error) {
      if (attempt % 10 === 0) log.warn({ error, address }, 'Temporal does not answer yet; trying again');
      await new Promise((resolve) => setTimeout(resolve, Math.min(200 * 2 ** Math.min(attempt, 4), 2_000)));
    }
  }
  throw new Error('stopped while waiting for Temporal');
}

export interface WorkerSet {
  /** Rejects when a worker fails; resolves when all have drained. */
  run(): Promise<void>;
  shutdown(): void;
}

export interface Activities {
  /** Local activities of incident workflows. */
  local: object;
  paging: object;
  runbook: object;
}

export async function createWorkers(
  { connection, namespace }: Pick<TemporalConnection, 'connection' | 'namespace'>,
  secretKey: RootKeys,
  bundlePath: string,
  activities: Activities,
): Promise<WorkerSet> {
  const shared = {
    connection,
    namespace,
    dataConverter: dataConverter(secretKey, 'nothing'),
    shutdownGraceTime: '8s',
    shutdownForceTime: '12s',
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: taskQueues.incident,
      workflowBundle: { codePath: bundlePath },
      activities: activities.local,
      // These run inside the workflow's own task: no client may schedule them by name.
      enableNonLocalActivities: false,
      // Each cached workflow takes about 0.3 MB; an evicted one is replayed from some 20 events at its next event.
      maxCachedWorkflows: 200,
      workflowThreadPoolSize: 1,
      // A dead worker must not delay its incidents for the default 10 s.
      stickyQueueScheduleToStartTimeout: '2s',
    }),
    Worker.create({
      ...shared,
      taskQueue: taskQueues.paging,
      activities: activities.paging,
      maxConcurrentActivityTaskPolls: 4,
    }),
    Worker.create({
      ...shared,
      taskQueue: taskQueues.runbook,
      activities: activities.runbook,
      maxConcurrentActivityTaskPolls: 4,
    }),
  ]);
  return {
    run: async () => {
      await Promise.all(workers.map((worker) => worker.run()));
    },
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
