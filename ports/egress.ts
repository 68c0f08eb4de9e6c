/** The one way out: HTTP requests and name look-ups, held to allowed addresses; `egress/` implements it. */

/** An HTTP exchange through the single egress client. The response body is text, cut at `maxBytes`. */
export interface EgressRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  timeoutMs: number;
  /** Default 64 KiB. */
  maxBytes?: number;
}

/**
 * `refused`: the address is not allowed, nothing was sent. `unreachable`: no connection was made, nothing was sent.
 * `interrupted`: the request may have arrived, its response did not.
 */
export type EgressOutcome =
  | {
      kind: 'answered';
      status: number;
      headers: Record<string, string>;
      body: string;
      truncated: boolean;
      ms: number;
    }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'interrupted'; reason: string };

/** A permitted host with the one checked address (pin it on the socket). */
type ResolvedHost = { kind: 'allowed'; address: string; family: 4 | 6 } | { kind: 'refused'; reason: string };

export interface EgressPort {
  request(request: EgressRequest): Promise<EgressOutcome>;
  /** Address check for non-HTTP clients (tcp, tls, dns checks, SMTP). */
  resolve(host: string): Promise<ResolvedHost>;
}
