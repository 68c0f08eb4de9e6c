/**
 * A closed loop of raw HTTP requests over persistent connections. The bytes are written as they are and answers are read no further
 * than needed: the generator should cost the contestants as little of the processor as possible.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LoadRequest {
  bytes: Buffer;
  /** Alerts in it: counted when the answer is 2xx. */
  alerts: number;
}

interface Load {
  connections: number;
  ms: number;
  next: () => LoadRequest;
}

interface Loaded {
  /** Alerts in requests answered with 2xx. */
  accepted: number;
  /** From the first request to the last answer. */
  ms: number;
  /** Other answers, by status. */
  refused: Record<string, number>;
}

/** One POST of a JSON body. */
export function postBytes(url: URL, path: string, body: unknown): Buffer {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const head = `POST ${path} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  return Buffer.from(head + text);
}

/** Resolves when the time is over and the last request of each connection is answered. */
export async function closedLoop(url: URL, { connections, ms, next }: Load): Promise<Loaded> {
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(url.port), url.hostname);
      socket.setNoDelay(true);
      await once(socket, 'connect');
      return socket;
    }),
  );
  const loaded: Loaded = { accepted: 0, ms: 0, refused: {} };
  const start = performance.now();
  await Promise.all(sockets.map((socket) => drive(socket, start + ms, next, loaded)));
  loaded.ms = performance.now() - start;
  for (const socket of sockets) socket.destroy();
  return loaded;
}

function drive(socket: Socket, end: number, next: () => LoadRequest, loaded: Loaded): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting = next();
    let read: Buffer = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('a connection was closed during the benchmark')));
    socket.on('data', (chunk: Buffer) => {
      read = read.length === 0 ? chunk : Buffer.concat([read, chunk]);
      const status = answerIn(read);
      if (status === null) return;
      read = Buffer.alloc(0);
      if (status.startsWith('2')) loaded.accepted += waiting.alerts;
      else loaded.refused[status] = (loaded.refused[status] ?? 0) + 1;
      if (performance.now() >= end) {
        socket.removeAllListeners('close');
        return resolve();
      }
      waiting = next();
      socket.write(waiting.bytes);
    });
    socket.write(waiting.bytes);
  });
}

/** Status of a whole answer; null while it is cut short. One request is in flight, so nothing follows the answer. */
function answerIn(read: Buffer): string | null {
  const head = read.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const text = read.toString('latin1', 0, head);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
  return read.length >= head + 4 + length ? text.slice(9, 12) : null;
}
