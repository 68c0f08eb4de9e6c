/**
 * Fake of Slack's side of Socket Mode for tests: a real WebSocket server that issues tickets, sends hello, sends envelopes until
 * they are acknowledged, stores every frame, and misbehaves on script.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { createWaitingList } from '../shared/testing/waiting-list.js';

interface SocketFrame {
  at: Date;
  /** Connections count from 1. */
  connection: number;
  /** `line`: the connection itself, `open` or `closed <code>`. */
  from: 'slack' | 'app' | 'line';
  text: string;
}

/**
 * Behaviour for one connection: respond 503 instead of opening, open without hello, send hello and ignore all frames, or refuse
 * with too many connections.
 */
type SocketMisbehaviour = 'refuse' | 'no hello' | 'deaf' | 'too many';

export interface Acknowledged {
  id: string;
  /** Payload of the acknowledgement. */
  payload: unknown;
  ms: number;
}

export interface FakeSlackSocket {
  readonly frames: readonly SocketFrame[];
  /** Numbers of the open connections. */
  readonly open: readonly number[];
  /** The next matching frame (not returned before). */
  next(predicate: (frame: SocketFrame) => boolean, timeoutMs?: number): Promise<SocketFrame>;
  /** Number of the next connection (not returned before) that opens. */
  connected(timeoutMs?: number): Promise<number>;
  /** Resolves once acknowledged; sent over the newest connection, and again over each one that opens until then. */
  envelope(type: string, payload: unknown, how?: { id?: string; on?: number }): Promise<Acknowledged>;
  /** Sends an earlier envelope again, over the newest connection. */
  redeliver(id: string): Promise<Acknowledged>;
  /** Drops this many of the next acknowledgements. */
  loseAcknowledgements(count: number): void;
  /** Over every connection. */
  disconnect(reason: string): void;
  say(frame: string | Buffer): void;
  /** Closes all connections without a close frame. */
  drop(): void;
  /** Behaviours for the next connections, one each. */
  script(...misbehaviours: SocketMisbehaviour[]): void;
  /** The URL for `apps.connections.open`, valid for one connection. */
  ticket(): string;
  close(): Promise<void>;
}

interface Sent {
  text: string;
  isAcknowledged: boolean;
  acknowledge: (payload: unknown) => void;
}

const TIMEOUT_MS = 30_000;

export async function startFakeSlackSocket(): Promise<FakeSlackSocket> {
  const list = createWaitingList<SocketFrame>(
    ({ connection, from, text }) => `${connection} ${from}: ${text.slice(0, 120)}`,
  );
  const tickets = new Set<string>();
  const scripted: SocketMisbehaviour[] = [];
  const lines = new Map<number, WebSocket>();
  const sent = new Map<string, Sent>();
  const timers = new Set<NodeJS.Timeout>();
  let connections = 0;
  let toLose = 0;

  const isWelcome = ({ url = '' }: IncomingMessage): boolean => {
    const ticket = new URL(url, 'ws://slack').searchParams.get('ticket') ?? '';
    return tickets.delete(ticket) && (scripted[0] !== 'refuse' || scripted.shift() === undefined);
  };
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    verifyClient: ({ req }, answer) => answer(isWelcome(req), 503),
  });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  server.on('connection', (line) => {
    connections += 1;
    const connection = connections;
    const misbehaviour = scripted.shift();
    lines.set(connection, line);
    const note = (from: SocketFrame['from'], text: string): void =>
      list.add({ at: new Date(), connection, from, text });
    line.on('message', (data) => {
      const text = textOf(data);
      hear(text);
      note('app', text);
    });
    line.on('error', () => undefined);
    line.on('close', (code) => {
      lines.delete(connection);
      note('line', `closed ${code}`);
    });
    note('line', 'open');
    if (misbehaviour === 'no hello') return;
    if (misbehaviour === 'too many') return put(connection, disconnectFrame('too_many_websockets'));
    put(connection, JSON.stringify({ type: 'hello', num_connections: lines.size, debug_info: {} }));
    if (misbehaviour === 'deaf') return line.pause();
    for (const { text, isAcknowledged } of sent.values()) if (!isAcknowledged) put(connection, text);
  });

  function put(connection: number | undefined, frame: string | Buffer): void {
    const line = lines.get(connection ?? 0);
    if (connection === undefined || line === undefined) return;
    line.send(frame);
    list.add({ at: new Date(), connection, from: 'slack', text: frame.toString() });
  }

  function hear(text: string): void {
    const { envelope_id: id, payload = null } = JSON.parse(text) as Record<string, unknown>;
    const waiting = sent.get(String(id));
    if (waiting === undefined) return;
    toLose -= 1;
    if (toLose >= 0) return;
    toLose = 0;
    waiting.isAcknowledged = true;
    waiting.acknowledge(payload);
  }

  const deliver = (id: string, text: string, on?: number): Promise<Acknowledged> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`envelope ${id} was not acknowledged`)), TIMEOUT_MS);
      timers.add(late);
      const sentAt = performance.now();
      const before = sent.get(id);
      const acknowledge = (payload: unknown): void => {
        clearTimeout(late);
        resolve({ id, payload, ms: performance.now() - sentAt });
        before?.acknowledge(payload);
      };
      sent.set(id, { text, isAcknowledged: false, acknowledge });
      put(on ?? [...lines.keys()].at(-1), text);
    });

  const all = (frame: string | Buffer): void => {
    for (const connection of lines.keys()) put(connection, frame);
  };

  return {
    frames: list.all,
    get open() {
      return [...lines.keys()];
    },
    next: (predicate, timeoutMs = TIMEOUT_MS) => list.next(predicate, timeoutMs, 'frame of the socket'),
    async connected(timeoutMs = TIMEOUT_MS) {
      const isHello = ({ from, text }: SocketFrame) => from === 'slack' && text.includes('"hello"');
      return (await list.next(isHello, timeoutMs, 'connection to the socket')).connection;
    },
    envelope(type, payload, { id = randomUUID(), on } = {}) {
      const takesAnswer = type !== 'events_api';
      const frame = { type, envelope_id: id, payload, accepts_response_payload: takesAnswer };
      return deliver(id, JSON.stringify(frame), on);
    },
    redeliver(id) {
      const before = sent.get(id);
      if (before === undefined) throw new Error(`no envelope ${id} was sent`);
      return deliver(id, before.text);
    },
    loseAcknowledgements(count) {
      toLose = count;
    },
    disconnect: (reason) => all(disconnectFrame(reason)),
    say: all,
    drop() {
      for (const line of lines.values()) line.terminate();
    },
    script: (...misbehaviours) => void scripted.push(...misbehaviours),
    ticket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `ws://127.0.0.1:${port}/link/?ticket=${ticket}&app_id=A1`;
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      for (const line of lines.values()) line.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const disconnectFrame = (reason: string): string =>
  JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-1' } });

const textOf = (data: RawData): string =>
  (Array.isArray(data)
    ? Buffer.concat(data)
    : data instanceof ArrayBuffer
      ? Buffer.from(data)
      : data
  ).toString();
