/**
 * Named instants at which a fault test can pause a process (docs/reliability.md, Fault matrix), so that a kill
 * happens exactly there. Off, at the cost of one comparison, unless `TOCSIN_PAUSE_SOCKET` names the Unix socket of a
 * test; `loadConfig` refuses it in production. Never used in workflows, whose waits are part of their history.
 */
import { createConnection, type Socket } from 'node:net';

/**
 * F1 before the commit of an alert, F2 after the commit and before the response, F3 before Temporal is signalled, F4
 * before an escalation step is planned, F5 leased and before the provider is called, F6 called and before the result
 * is recorded, F7 recorded; F9 and F13 before the commit of an acknowledgement and of a resolution or waiver.
 */
export type PausePoint = 'F1' | 'F2' | 'F3' | 'F4' | 'F5' | 'F6' | 'F7' | 'F9' | 'F13';

export type PauseFacts = Readonly<Record<string, string | number | null>>;

const path = process.env['TOCSIN_PAUSE_SOCKET'] ?? '';
const isOff = path === '' || process.env['NODE_ENV'] === 'production';
const going = Promise.resolve();

/** Resolves when the test resumes the process: immediately without a test, and when the test has gone. */
export function pausePoint(point: PausePoint, facts: PauseFacts): Promise<void> {
  return isOff ? going : ask(point, facts);
}

const held = new Map<number, () => void>();
let asked = 0;
let socket: Socket | null = null;
let isDisconnected = false;

function ask(point: PausePoint, facts: PauseFacts): Promise<void> {
  const line = connected();
  if (line === null) return going;
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    held.set(id, resolve);
    line.write(`${JSON.stringify({ id, point, facts })}\n`);
  });
}

function connected(): Socket | null {
  if (isDisconnected) return null;
  socket ??= connect();
  return socket;
}

function connect(): Socket {
  const line = createConnection(path);
  let rest = '';
  line.setEncoding('utf8');
  line.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const id of lines) {
      held.get(Number(id))?.();
      held.delete(Number(id));
    }
  });
  line.on('error', () => undefined);
  line.on('close', () => {
    isDisconnected = true;
    for (const resolve of held.values()) resolve();
    held.clear();
  });
  line.unref();
  return line;
}
