/** A TCP proxy that misbehaves on command, like a network between two processes. */
import { createServer, connect, type Socket } from 'node:net';

/**
 * `pass`: bytes go both ways. `down`: connections are reset and new ones refused. `hang`: connections stay open and
 * nothing passes. `swallow`: requests pass, responses do not (done, but timed out). Connections that lost bytes are
 * reset when it ends.
 */
export type LinkMode = 'pass' | 'down' | 'hang' | 'swallow';

export interface TcpProxy {
  readonly port: number;
  readonly mode: LinkMode;
  set(mode: LinkMode): void;
  /** Delays every chunk of bytes by this time; 0 at first. */
  delay(ms: number): void;
  /** Forwards bytes in chunks of this size, each as a packet of its own; 0: unchanged. */
  slice(bytes: number): void;
  close(): Promise<void>;
}

interface Line {
  client: Socket;
  server: Socket;
  hasLost: boolean;
}

export async function startTcpProxy(to: { host?: string; port: number }): Promise<TcpProxy> {
  const lines = new Set<Line>();
  let mode: LinkMode = 'pass';
  let delayMs = 0;
  let sliceBytes = 0;

  const cut = (line: Line): void => {
    lines.delete(line);
    line.client.resetAndDestroy();
    line.server.resetAndDestroy();
  };
  const forward = (line: Line, from: Socket, into: Socket, isAnswer: boolean): void => {
    from.on('data', (bytes: Buffer) => {
      if (mode === 'hang' || (isAnswer && mode === 'swallow')) {
        line.hasLost = true;
        return;
      }
      const pieces = sliceBytes === 0 ? [bytes] : sliced(bytes, sliceBytes);
      const write = (): void => {
        for (const piece of pieces) if (!into.destroyed && !into.write(piece)) from.pause();
      };
      if (delayMs === 0) write();
      else setTimeout(write, delayMs);
    });
    into.on('drain', () => from.resume());
    from.on('end', () => into.end());
    from.on('error', () => cut(line));
    from.on('close', () => {
      lines.delete(line);
      into.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (mode === 'down') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const line: Line = {
      client,
      server: connect({ host: to.host ?? '127.0.0.1', port: to.port }),
      hasLost: false,
    };
    for (const socket of [line.client, line.server]) socket.setNoDelay(true);
    lines.add(line);
    forward(line, line.client, line.server, false);
    forward(line, line.server, line.client, true);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get mode() {
      return mode;
    },
    set(next) {
      mode = next;
      for (const line of lines) if (next === 'down' || (next === 'pass' && line.hasLost)) cut(line);
    },
    delay(ms) {
      delayMs = ms;
    },
    slice(bytes) {
      sliceBytes = bytes;
    },
    close() {
      for (const line of lines) cut(line);
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function sliced(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
}
