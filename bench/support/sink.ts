/** Receives webhooks and records their arrival times, on the clock of the process that sends the alerts. */
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export type Received = {
  id: string;
  /** `performance.now()`. */
  atMs: number;
  /** `Date.now()`, to compare with deadlines that are instants. */
  epochMs: number;
  body: unknown;
};

export type Sink = {
  readonly url: string;
  /** By id, in order of arrival; more than one is a duplicate. */
  readonly arrivals: ReadonlyMap<string, readonly Received[]>;
  /** Resolves when every id has arrived, or after `patienceMs`; returns the ids that have not. */
  missing(ids: readonly string[], timeLimitMs: number): Promise<string[]>;
  close(): Promise<void>;
};

/** `idOf` reads the id from a body. Listens on loopback, on a free port. */
export async function startSink(idOf: (body: unknown) => string): Promise<Sink> {
  const arrivals = new Map<string, Received[]>();
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [atMs, epochMs] = [performance.now(), Date.now()];
      reply.writeHead(204).end();
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const id = idOf(body);
      arrivals.set(id, [...(arrivals.get(id) ?? []), { id, atMs, epochMs, body }]);
    });
  });
  // A receiver that closes idle connections would distort the measurement.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sink has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    arrivals,
    async missing(ids, timeLimitMs) {
      const deadline = performance.now() + timeLimitMs;
      const left = () => ids.filter((id) => !arrivals.has(id));
      while (left().length > 0 && performance.now() < deadline) await wait(20);
      return left();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
