/**
 * The contestant: a process that accepts `POST /` with `{"id"}` (and `atMs` for a deadline), starts a workflow
 * eagerly on its own worker, and answers when Temporal has it. The workflow's local activity posts the webhook.
 * Temporal's own history is its only record.
 */
import { createServer } from 'node:http';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Pool } from 'undici';

export interface BareActivities {
  post(id: string): Promise<void>;
}

const [address = '', namespace = '', bundlePath = '', sinkUrl = ''] = process.argv.slice(2);
const taskQueue = 'bench-bare';

Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address, grpcCompression: { codec: 'none' } });
const sink = new Pool(sinkUrl, { connections: 64 });
const activities: BareActivities = {
  async post(id) {
    const { statusCode, body } = await sink.request({
      method: 'POST',
      path: '/bare',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    });
    await body.dump();
    if (statusCode >= 300) throw new Error(`the sink answered ${statusCode}`);
  },
};
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue,
  workflowBundle: { codePath: bundlePath },
  activities,
  maxCachedWorkflows: 500,
  workflowThreadPoolSize: 1,
});
const client = new Client({ connection, namespace });

const server = createServer((request, reply) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id, atMs } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string; atMs?: number };
    client.workflow
      .start(atMs === undefined ? 'bare' : 'bareTimer', {
        workflowId: `bare/${id}`,
        taskQueue,
        args: atMs === undefined ? [id] : [id, atMs],
        requestEagerStart: true,
      })
      .then(
        () => reply.writeHead(202).end(),
        (error: unknown) => reply.writeHead(500).end(String(error)),
      );
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const listening = server.address();
  if (listening !== null && typeof listening === 'object') process.send?.({ port: listening.port });
});
process.on('SIGTERM', () => worker.shutdown());
// The parent process has gone, and perhaps the server with it: there is nothing to drain.
process.on('disconnect', () => process.exit(1));
await worker.run();
process.exit(0);
