/**
 * One connection of Slack's socket, to a checked address only, alive while frames arrive. It opens, passes frames on, and ends;
 * the owner decides about a next one.
 */
import { type RawData, WebSocket } from 'ws';
import type { EgressPort } from '../../../ports/egress.js';
import { pinned } from '../../../egress/connections.js';
import { readFrame, type SlackEnvelope } from './frames.js';
import type { SocketTimings } from './socket-timings.js';

export interface LinkEvents {
  /** `acknowledge` does nothing after the connection has ended: Slack repeats unacknowledged envelopes. */
  envelope(envelope: SlackEnvelope, acknowledge: (answer: object | null) => void): void;
  /** An unreadable frame. */
  garbage(text: string): void;
  /** Slack's hello: from now on Slack sends envelopes. */
  hello(link: SlackLink, connections: number | null): void;
  /** Slack requests a replacement for this connection, which ends soon. */
  leaving(link: SlackLink, reason: string): void;
  /** Called once, with or without a hello. */
  ended(link: SlackLink, reason: string): void;
}

export interface SlackLinkOptions {
  egress: Pick<EgressPort, 'resolve'>;
  url: URL;
  timings: Pick<SocketTimings, 'openMs' | 'pingMs' | 'silentMs'>;
  events: LinkEvents;
}

/** A larger frame ends the connection. Slack's messages have a few kilobytes. */
const MAX_FRAME_BYTES = 1_048_576;
/** Slack leaves the connection open after it has answered our close frame. */
const CLOSE_MS = 1_000;

/** Rejects when the address is refused; later failures arrive through `ended`. */
export async function openLink({ egress, url, timings, events }: SlackLinkOptions): Promise<SlackLink> {
  const resolved = await egress.resolve(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  if (resolved.kind === 'refused') throw new Error(resolved.reason);
  const socket = new WebSocket(url, {
    // The checked address is pinned, so there is no second look-up; TLS still requires the certificate of the name.
    lookup: pinned([{ address: resolved.address, family: resolved.family }]),
    handshakeTimeout: timings.openMs,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    headers: { 'user-agent': 'Tocsin' },
  });
  return new SlackLink(socket, timings, events);
}

export class SlackLink {
  /** `performance.now()` of the last hello, ping, pong or message. */
  private lastHeard = performance.now();
  private isDeaf = false;
  private why = 'the connection ended';
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly socket: WebSocket,
    { openMs, pingMs, silentMs }: SlackLinkOptions['timings'],
    private readonly events: LinkEvents,
  ) {
    const noHello = setTimeout(() => this.cut('Slack says no hello'), 2 * openMs);
    // Compares clock times, so a machine that slept notices as soon as it wakes.
    const heartbeat = setInterval(() => {
      if (performance.now() - this.lastHeard > silentMs) this.cut('no frame arrived in time');
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, pingMs);
    this.timers.push(noHello, heartbeat);
    const heard = (): void => {
      this.lastHeard = performance.now();
    };
    socket.on('ping', heard);
    socket.on('pong', heard);
    socket.on('message', (data, isBinary) => {
      heard();
      if (this.isDeaf) return;
      const text = textOf(data);
      const frame = isBinary ? { kind: 'garbage' as const } : readFrame(text);
      switch (frame.kind) {
        case 'hello':
          clearTimeout(noHello);
          return events.hello(this, frame.connections);
        case 'disconnect':
          return events.leaving(this, `Slack says ${frame.reason}`);
        case 'envelope':
          return events.envelope(frame.envelope, (answer) => this.acknowledge(frame.envelope.id, answer));
        case 'garbage':
          return events.garbage(text);
      }
    });
    // Always followed by `close`.
    socket.on('error', (error) => {
      this.why = error.message;
    });
    socket.on('close', () => {
      for (const timer of this.timers) clearTimeout(timer);
      events.ended(this, this.why);
    });
  }

  /** Handles no further frames; acknowledgements under way are still sent. */
  pause(): void {
    this.isDeaf = true;
  }

  close(): void {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close(1000);
    this.timers.push(setTimeout(() => this.socket.terminate(), CLOSE_MS));
  }

  private cut(reason: string): void {
    this.why = reason;
    this.socket.terminate();
  }

  private acknowledge(id: string, answer: object | null): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ envelope_id: id, ...(answer === null ? {} : { payload: answer }) }));
  }
}

function textOf(data: RawData): string {
  const bytes = Array.isArray(data)
    ? Buffer.concat(data)
    : data instanceof ArrayBuffer
      ? Buffer.from(data)
      : data;
  return bytes.toString('utf8');
}
