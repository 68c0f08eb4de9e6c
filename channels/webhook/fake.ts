/**
 * A webhook receiver for tests, benchmarks and stories: a real HTTP server that keeps every byte, verifies signatures, and
 * misbehaves on script. Each test starts its own.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { createWaitingList } from '../waiting-list.js';

/**
 * What to do with one request, after it was read whole. `hang`: keep the line open until `release()`. `drop`: cut the line
 * without an answer, as a receiver that took it and died. `delayMs`: answer late.
 */
export type Behaviour =
  { status: number; headers?: Record<string, string>; body?: string; delayMs?: number } | 'hang' | 'drop';

export interface ReceivedDelivery {
  at: Date;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  rawBody: string;
  /** The parsed body; null when it is not JSON. */
  body: ReceivedBody | null;
  /** `webhook-id`, the same on every attempt of one delivery. */
  id: string;
  signature: 'valid' | 'invalid' | 'not checked';
  behaviour: Behaviour;
  /** The receiver took responsibility: it answered 2xx, or read it and cut the line or fell silent. */
  took: 'accepted' | 'unanswered' | 'refused';
}

/** The body as config-kinds.md writes it, as far as tests read it. */
export interface ReceivedBody {
  type: string;
  timestamp: string;
  data: Record<string, unknown> & {
    incident?: {
      id: string;
      number: string;
      title: string;
      priority: string;
      status: string;
      service: string | null;
      drill: boolean;
    };
    person?: string;
    step?: number;
    cycle?: number;
    attempt?: number;
    possibleDuplicate?: boolean;
    links?: { respond: string; incident: string };
  };
}

export interface WebhookReceiver {
  /** `http://127.0.0.1:<port>`; any path below it is taken. */
  readonly url: string;
  readonly deliveries: readonly ReceivedDelivery[];
  /** What to do with the next requests, one behaviour each; after them, `always`. */
  script(...behaviours: Behaviour[]): void;
  /** What to do with every further request. At first `{status: 200}`. */
  always(behaviour: Behaviour): void;
  /** Answers 200 to all that hang. */
  release(): void;
  /** The next delivery (not handed out before) that matches; waits for it without polling. */
  nextDelivery(
    predicate?: (delivery: ReceivedDelivery) => boolean,
    timeoutMs?: number,
  ): Promise<ReceivedDelivery>;
  close(): Promise<void>;
}

/** `secret`: one for all paths, or a lookup by path; without it signatures are not checked. */
export async function startWebhookReceiver(
  options: { secret?: string | ((path: string) => string | undefined); host?: string; port?: number } = {},
): Promise<WebhookReceiver> {
  const host = options.host ?? '127.0.0.1';
  const list = createWaitingList<ReceivedDelivery>(
    ({ path, id, rawBody }) => `${path} ${id} ${rawBody.slice(0, 120)}`,
  );
  const scripted: Behaviour[] = [];
  const hanging = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let usual: Behaviour = { status: 200 };

  const server = createServer((request, response) => {
    void readBody(request).then((rawBody) => {
      if (rawBody === null) return;
      const behaviour = scripted.shift() ?? usual;
      const path = request.url ?? '/';
      const secret = typeof options.secret === 'function' ? options.secret(path) : options.secret;
      behave(behaviour, response);
      list.add({
        at: new Date(),
        method: request.method ?? '',
        path,
        headers: request.headers,
        rawBody,
        body: parse(rawBody),
        id: headerText(request.headers, 'webhook-id'),
        signature: secret === undefined ? 'not checked' : verify(secret, rawBody, request.headers),
        behaviour,
        took:
          typeof behaviour === 'string'
            ? 'unanswered'
            : behaviour.status >= 200 && behaviour.status < 300
              ? 'accepted'
              : 'refused',
      });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  function behave(behaviour: Behaviour, response: ServerResponse): void {
    if (behaviour === 'drop') response.socket?.destroy();
    else if (behaviour === 'hang') hanging.add(response);
    else {
      const answer = (): void =>
        void response.writeHead(behaviour.status, behaviour.headers ?? {}).end(behaviour.body ?? '');
      if (behaviour.delayMs === undefined) answer();
      else timers.add(setTimeout(answer, behaviour.delayMs));
    }
  }

  return {
    url: `http://${host}:${port}`,
    deliveries: list.all,
    script: (...behaviours) => void scripted.push(...behaviours),
    always(behaviour) {
      usual = behaviour;
    },
    release() {
      for (const response of hanging) response.writeHead(200).end();
      hanging.clear();
    },
    nextDelivery: (predicate = () => true, timeoutMs = 10_000) => list.next(predicate, timeoutMs, 'webhook'),
    close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Null when the sender went away before the end. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return null;
  }
}

function parse(rawBody: string): ReceivedBody | null {
  try {
    return JSON.parse(rawBody) as ReceivedBody;
  } catch {
    return null;
  }
}

function verify(secret: string, rawBody: string, headers: IncomingHttpHeaders): 'valid' | 'invalid' {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  try {
    new Webhook(secret).verify(
      rawBody,
      Object.fromEntries(names.map((name) => [name, headerText(headers, name)])),
      { jsonParse: false },
    );
    return 'valid';
  } catch {
    return 'invalid';
  }
}

function headerText(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}
