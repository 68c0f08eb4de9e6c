/**
 * Fake webhook receiver for tests and benchmarks: a real HTTP server that stores every byte, verifies signatures, and misbehaves
 * on script. Each test starts its own.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import {
  headerText,
  type Misbehaviour,
  type ReceivedRequest,
  startFakeProvider,
} from '../shared/testing/fake-provider.js';

/**
 * Behaviour for one request after it was read completely. `hang`: hold the connection open until `release()`. `drop`: disconnect
 * without a response, like a receiver that accepted it and crashed. `delayMs`: respond late.
 */
export type Behaviour =
  { status: number; headers?: Record<string, string>; body?: unknown; delayMs?: number } | 'hang' | 'drop';

export interface ReceivedDelivery extends Omit<ReceivedRequest, 'misbehaviour'> {
  /** The parsed body; null when it is not JSON. */
  body: ReceivedBody | null;
  /** `webhook-id`, the same on every attempt of one delivery. */
  id: string;
  signature: 'valid' | 'invalid' | 'not checked';
  behaviour: Behaviour;
}

/** The body as documented in docs/channels/webhook.md, as far as tests read it. */
interface ReceivedBody {
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
  /** `http://127.0.0.1:<port>`; any path below it is accepted. */
  readonly url: string;
  readonly deliveries: readonly ReceivedDelivery[];
  /** Behaviours for the next requests, one each; after them, `always`. */
  script(...behaviours: Behaviour[]): void;
  /** Behaviour for every further request. Initially `{status: 200}`. */
  always(behaviour: Behaviour): void;
  /** Responds with 200 to all hanging requests. */
  release(): void;
  /** The next matching delivery (not returned before); waits for it without polling. */
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
  const { secret, ...where } = options;
  const provider = await startFakeProvider({
    what: 'webhook',
    describe: ({ path, headers, rawBody }) =>
      `${path} ${headerText(headers, 'webhook-id')} ${rawBody.slice(0, 120)}`,
    ...where,
    answer: () => ({ status: 200 }),
  });
  const known = new WeakMap<ReceivedRequest, ReceivedDelivery>();
  const deliveryOf = (request: ReceivedRequest): ReceivedDelivery => {
    const delivery = known.get(request) ?? toDelivery(request);
    known.set(request, delivery);
    return delivery;
  };

  function toDelivery(request: ReceivedRequest): ReceivedDelivery {
    const { misbehaviour, ...received } = request;
    const key = typeof secret === 'function' ? secret(request.path) : secret;
    return {
      ...received,
      body: parse(request.rawBody),
      id: headerText(request.headers, 'webhook-id'),
      signature: key === undefined ? 'not checked' : verify(key, request.rawBody, request.headers),
      behaviour: behaviourOf(misbehaviour),
    };
  }

  return {
    url: provider.url,
    get deliveries() {
      return provider.requests.map(deliveryOf);
    },
    script: provider.script,
    always: provider.always,
    release: provider.release,
    nextDelivery: async (predicate = () => true, timeoutMs = 30_000) =>
      deliveryOf(await provider.next((request) => predicate(deliveryOf(request)), timeoutMs)),
    close: provider.close,
  };
}

function behaviourOf(misbehaviour: Misbehaviour | null): Behaviour {
  if (misbehaviour === null) return { status: 200 };
  return typeof misbehaviour === 'string' || 'status' in misbehaviour
    ? misbehaviour
    : { status: 200, ...misbehaviour };
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
