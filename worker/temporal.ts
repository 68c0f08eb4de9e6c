/** Connecting to Temporal, and the three workers of a process: workflows with their local activities, sending, runbooks. */
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { taskQueues } from '../workflows/messages.js';

const isLocal = (address: string): boolean => /^(127\.|localhost|\[::1\])/.test(address);

/** Waits until Temporal answers: the worker starts before it, and outlives its restarts. */
export async function connectTemporal(
  log: Logger,
  stopping: AbortSignal,
): Promise<{ connection: NativeConnection; client: Client; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  for (let attempt = 0; !stopping.aborted; attempt++) {
    try {
      const connection = await NativeConnection.connect({
        ...connectionOptions,
        address,
        // Compressing on loopback only costs CPU (docs/performance: levers).
        ...(isLocal(address) ? { grpcCompression: { codec: 'none' as const } } : {}),
      });
      return { connection, client: new Client({ connection, namespace }), namespace };
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
  incident: object;
  paging: object;
  runbook: object;
}

export async function createWorkers(
  connection: NativeConnection,
  namespace: string,
  bundlePath: string,
  activities: Activities,
): Promise<WorkerSet> {
  const shared = {
    connection,
    namespace,
    shutdownGraceTime: '8s',
    shutdownForceTime: '12s',
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: taskQueues.incident,
      workflowBundle: { codePath: bundlePath },
      activities: activities.incident,
      // Each keeps about 0.3 MB; one that is not kept is replayed from some 20 events when something happens to it.
      maxCachedWorkflows: 200,
      workflowThreadPoolSize: 1,
      // A worker that died must not hold up its incidents for the default 10 s.
      stickyQueueScheduleToStartTimeout: '2s',
      maxConcurrentActivityTaskExecutions: 20,
      maxConcurrentActivityTaskPolls: 2,
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
