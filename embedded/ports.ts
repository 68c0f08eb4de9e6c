/** Free TCP ports of this machine. */
import { createServer } from 'node:net';

/** True when a server may listen on `port` of `host` right now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A free port chosen by the system, or `preferred` when it is still free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}

/** `from` or the first free port after it, among at most 100. */
export async function nextFreePort(from: number, host: string): Promise<number> {
  for (let port = from; port < from + 100 && port <= 65_535; port += 1) {
    if (await isPortFree(port, host)) return port;
  }
  throw new Error(`No free port from ${from} on at ${host}; name one yourself: PORT=8080 npm start`);
}
