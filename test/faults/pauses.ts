/** Test side of `shared/pause-points.ts`: holds processes at a named instant until the test resumes them. */
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { PausePoint } from '../../shared/pause-points.js';

export interface Wanted {
  point: PausePoint;
  /** Deduplication key of the incident's alert. */
  key: string;
  step?: number;
}

export interface Held {
  /** Resolves when a process has reached the point. */
  readonly reached: Promise<void>;
  readonly isReached: boolean;
  /** Resumes the process, or gives up waiting for it; safe to call twice. */
  release(): void;
}

export interface Pauses {
  readonly socketPath: string;
  /** Holds the first matching process. */
  hold(wanted: Wanted): Held;
  close(): Promise<void>;
}

interface Asked {
  id: number;
  point: PausePoint;
  facts: { key?: string | null; incident?: string | null; step?: number };
}

interface Waiting extends Held {
  wanted: Wanted;
  stand(goOn: () => void): void;
}

export async function startPauses(socketPath: string): Promise<Pauses> {
  const waiting = new Set<Waiting>();
  const sockets = new Set<Socket>();
  /** F1 reports both; an alert that was rolled back and repeated has another incident. */
  const keys = new Map<string, string>();

  const ask = (socket: Socket, { id, point, facts }: Asked): void => {
    const goOn = (): void => void (socket.destroyed || socket.write(`${id}\n`));
    const { key, incident, step } = facts;
    if (typeof key === 'string' && typeof incident === 'string') keys.set(incident, key);
    const about = key ?? keys.get(incident ?? '');
    const found = [...waiting].find(
      ({ wanted }) =>
        wanted.point === point && wanted.key === about && (wanted.step === undefined || wanted.step === step),
    );
    if (found === undefined) return goOn();
    waiting.delete(found);
    found.stand(goOn);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) ask(socket, JSON.parse(line) as Asked);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    socketPath,
    hold(wanted) {
      const held = waitFor(wanted, (one) => waiting.delete(one));
      waiting.add(held);
      return held;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) =>
        server.close(() => {
          rmSync(socketPath, { force: true });
          resolve();
        }),
      );
    },
  };
}

function waitFor(wanted: Wanted, forget: (one: Waiting) => void): Waiting {
  let goOn: (() => void) | null = null;
  let isReached = false;
  let arrive = (): void => undefined;
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const held: Waiting = {
    wanted,
    reached,
    get isReached() {
      return isReached;
    },
    stand(next) {
      isReached = true;
      goOn = next;
      arrive();
    },
    release() {
      forget(held);
      goOn?.();
      goOn = null;
    },
  };
  return held;
}
