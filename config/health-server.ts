/** `/healthz` and `/metrics` on a port of their own, for those who watch the process. Loopback unless told otherwise. */
import { createServer, type Server } from 'node:http';

export interface HealthServerOptions {
  port: number | null;
  host: string;
  metrics: { contentType: string; metrics(): Promise<string> };
  /** What is true now; `ok: false` answers 503. */
  health(): { ok: boolean } & Record<string, unknown>;
}

export async function serveHealth(options: HealthServerOptions): Promise<{ close(): Promise<void> }> {
  if (options.port === null) return { close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      const health = options.health();
      response
        .writeHead(health.ok ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify(health));
    } else if (request.url === '/metrics') {
      void options.metrics.metrics().then(
        (text) => response.writeHead(200, { 'content-type': options.metrics.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host, resolve);
  });
  return { close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
