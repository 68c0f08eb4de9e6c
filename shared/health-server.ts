/**
 * `/healthz` and `/metrics` on a port of their own, for monitoring of the process. Listens on loopback by default.
 */
import { createServer, type Server } from 'node:http';
import { isIP } from 'node:net';

export interface HealthServerOptions {
  port: number | null;
  host: string;
  /** `TOCSIN_URL`: its host name is accepted besides addresses. */
  publicUrl: string;
  metrics: { contentType: string; metrics(): Promise<string> };
  /** The current health; `ok: false` answers 503. */
  health(): { ok: boolean } & Record<string, unknown>;
}

export async function serveHealth(options: HealthServerOptions): Promise<{ close(): Promise<void> }> {
  if (options.port === null) return { close: () => Promise.resolve() };
  const publicName = new URL(options.publicUrl).hostname;
  const server = createServer((request, response) => {
    if (!isOurs(request.headers.host, publicName)) {
      response
        .writeHead(421, { 'content-type': 'text/plain' })
        .end(`Ask for this by address, as localhost, by a name without dots or as ${publicName}.\n`);
    } else if (request.url === '/healthz') {
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

/**
 * This port requires no credential, so a web page must not read it under a name that the page's author points at this address
 * (DNS rebinding). An outsider cannot own a name without dots.
 */
function isOurs(host: string | undefined, publicName: string): boolean {
  // HTTP/1.0 has no Host header; every browser sends one.
  if (host === undefined) return true;
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  return name === publicName || !name.includes('.') || name.startsWith('[') || isIP(name) === 4;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
