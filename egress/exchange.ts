/** One request and its response over one pool with one deadline, reporting how far it got. */
import type { Dispatcher, Pool } from 'undici';
import type { EgressOutcome } from '../ports/egress.js';
import { errorCode } from './resolve.js';

const DEFAULT_MAX_BYTES = 64 * 1024;

export interface Exchange {
  origin: string;
  path: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  /** Milliseconds left, and the start of the whole request (`performance.now()`). */
  timeoutMs: number;
  startedAt: number;
  maxBytes: number | undefined;
}

/**
 * Never rejects. `unreachable` and `interrupted` differ in whether undici had begun to write the request: before that no byte of
 * it can have arrived. A response whose status arrived is `answered` even when its body was cut by size, time or the network
 * (`truncated`), because the receiver has responded.
 */
export function exchangeOver(pool: Pool, exchange: Exchange): Promise<EgressOutcome> {
  const maxBytes = exchange.maxBytes ?? DEFAULT_MAX_BYTES;
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let head: { status: number; headers: Record<string, string> } | null = null;
    let isSettled = false;
    const chunks: Buffer[] = [];
    let size = 0;

    const settle = (outcome: EgressOutcome): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const answer = (truncated: boolean): EgressOutcome | null =>
      head && {
        kind: 'answered',
        ...head,
        // A character cut at the limit is dropped instead of shown as a replacement mark.
        body: new TextDecoder().decode(Buffer.concat(chunks), { stream: truncated }),
        truncated,
        ms: Math.round(performance.now() - exchange.startedAt),
      };
    const fail = (reason: string): void =>
      settle(
        answer(true) ??
          (controller === null ? { kind: 'unreachable', reason } : { kind: 'interrupted', reason }),
      );

    const timer = setTimeout(() => {
      fail(`no answer in time`);
      controller?.abort(new Error('deadline'));
    }, exchange.timeoutMs);

    pool.dispatch(
      {
        origin: exchange.origin,
        path: exchange.path,
        method: exchange.method,
        headers: exchange.headers,
        body: exchange.body,
      },
      {
        onRequestStart(started) {
          // The connection opened after the deadline: aborting here leaves the request unwritten.
          if (isSettled) started.abort(new Error('deadline'));
          else controller = started;
        },
        onResponseStart(_controller, status, headers) {
          if (status >= 200) head = { status, headers: joinHeaders(headers) };
        },
        onResponseData(current, chunk) {
          chunks.push(chunk.subarray(0, maxBytes - size));
          size += chunk.length;
          if (size <= maxBytes) return;
          fail('too long');
          current.abort(new Error('too long'));
        },
        onResponseEnd() {
          const outcome = answer(false);
          if (outcome !== null) settle(outcome);
        },
        onResponseError(_controller, error) {
          fail(errorCode(error));
        },
      },
    );
  });
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}
