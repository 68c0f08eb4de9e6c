/**
 * Common part of the fake providers: a real HTTP server that stores every byte and misbehaves on script. Each fake provides
 * `answer`, which acts like the real provider: verify credentials, check limits, store the message.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createWaitingList } from './waiting-list.js';

/** A `body` that is not a text is sent as JSON. */
export interface FakeAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/**
 * Behaviour for one request after it was read completely, instead of the provider's own response. A response (500, 429 with
 * `Retry-After`, 200 with an error body) is given without accepting the request, unless `isTaken` (a gateway that timed out).
 * `hang` accepts it and holds the connection open until `release()`; `drop` accepts it and disconnects; `{ delayMs }` accepts it
 * and responds late.
 */
export type Misbehaviour =
  (FakeAnswer & { delayMs?: number; isTaken?: true }) | 'hang' | 'drop' | { delayMs: number };

export interface FakeRequest {
  at: Date;
  method: string;
  /** Including the query. */
  path: string;
  headers: IncomingHttpHeaders;
  rawBody: string;
  bytes: Buffer;
}

export interface ReceivedRequest extends FakeRequest {
  /** The scripted behaviour; null when the provider responded normally. */
  misbehaviour: Misbehaviour | null;
  /** The provider took responsibility (2xx, or accepted and went silent), did so without a response, or refused. */
  took: 'accepted' | 'unanswered' | 'refused';
}

export interface FakeProvider {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Behaviours for the next requests, one each. */
  readonly script: (...misbehaviours: Misbehaviour[]) => void;
  /** Behaviour for every further request without a scripted one; null: that of the real provider. */
  readonly always: (misbehaviour: Misbehaviour | null) => void;
  /** Responds to all hanging requests. */
  readonly release: () => void;
  /** The next matching request (not returned before); waits for it without polling. */
  readonly next: (
    predicate?: (request: ReceivedRequest) => boolean,
    timeoutMs?: number,
  ) => Promise<ReceivedRequest>;
  readonly close: () => Promise<void>;
}

export interface FakeProviderOptions {
  /** For the message of a test that times out: `no SMS within 10000 ms`. */
  what: string;
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;
  /** Decides about a request without a scripted behaviour, before `always`; null: no decision. */
  misbehave?: (request: FakeRequest) => Misbehaviour | null;
  /** Description of a request in the message of a test that times out. */
  describe?: (request: FakeRequest) => string;
  host?: string;
  port?: number;
}

export async function startFakeProvider(options: FakeProviderOptions): Promise<FakeProvider> {
  const host = options.host ?? '127.0.0.1';
  const list = createWaitingList<ReceivedRequest>(
    options.describe ?? (({ method, path, rawBody }) => `${method} ${path} ${rawBody.slice(0, 120)}`),
  );
  const scripted: Misbehaviour[] = [];
  const hanging = new Map<ServerResponse, FakeAnswer>();
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let usual: Misbehaviour | null = null;

  const server = createServer((request, response) => void take(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBody(incoming);
    if (bytes === null) return;
    const request: FakeRequest = {
      at: new Date(),
      method: incoming.method ?? '',
      path: incoming.url ?? '/',
      headers: incoming.headers,
      rawBody: bytes.toString('utf8'),
      bytes,
    };
    const misbehaviour = scripted.shift() ?? options.misbehave?.(request) ?? usual;
    const isScripted = typeof misbehaviour === 'object' && misbehaviour !== null && 'status' in misbehaviour;
    const isTaken = isScripted && misbehaviour.isTaken === true;
    if (isTaken) await options.answer(request);
    const answer = isScripted ? misbehaviour : await options.answer(request);
    if (misbehaviour === 'drop') response.socket?.destroy();
    else if (misbehaviour === 'hang') hanging.set(response, answer);
    else if (misbehaviour?.delayMs === undefined) send(response, answer);
    else timers.add(setTimeout(() => send(response, answer), misbehaviour.delayMs));
    const isGood = isTaken || (answer.status >= 200 && answer.status < 300);
    const isSilent = isTaken || misbehaviour === 'drop' || misbehaviour === 'hang';
    list.add({ ...request, misbehaviour, took: !isGood ? 'refused' : isSilent ? 'unanswered' : 'accepted' });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `http://${host}:${port}`,
    requests: list.all,
    script: (...misbehaviours) => void scripted.push(...misbehaviours),
    always(misbehaviour) {
      usual = misbehaviour;
    },
    release() {
      for (const [response, answer] of hanging) send(response, answer);
      hanging.clear();
    },
    next: (predicate = () => true, timeoutMs = 30_000) => list.next(predicate, timeoutMs, options.what),
    close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: FakeAnswer): void {
  const isText = typeof body === 'string';
  const type: Record<string, string> = isText ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers }).end(isText ? body : JSON.stringify(body));
}

/** Null when the sender disconnected before the end. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}

/** A header as one text; empty when there is none. */
export function headerText(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}
