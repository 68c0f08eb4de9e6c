/**
 * One connection of Slack's socket: to a checked address only, alive as long as something is heard. It opens, hands frames
 * on, and ends; whether there is a next one is not its business.
 */
import { type RawData, WebSocket } from 'ws';
import type { EgressPort } from '../../../activities/ports.js';
import { pinned } from '../../../egress/connections.js';
import { readFrame, type SlackEnvelope } from './frames.js';
import type { SocketTimings } from './socket-timings.js';

export interface LinkEvents {
  /** `acknowledge` does nothing when the connection has ended: what Slack has not heard of comes again. */
  envelope(envelope: SlackEnvelope, acknowledge: (answer: object | null) => void): void;
  /** A frame that says nothing. */
  garbage(text: string): void;
  /** Slack's hello: from now on it sends. */
  hello(link: SlackLink, connections: number | null): void;
  /** Slack wants another connection in place of this one; it ends soon. */
  leaving(link: SlackLink, reason: string): void;
  /** Once, whether there was a hello or not. */
  ended(link: SlackLink, reason: string): void;
}

export interface SlackLinkOptions {
  egress: Pick<EgressPort, 'resolve'>;
  url: URL;
  timings: Pick<SocketTimings, 'openMs' | 'pingMs' | 'silentMs'>;
  events: LinkEvents;
}

/** Larger frames end the connection. Slack's messages are a few kilobytes. */
const MAX_FRAME_BYTES = 1_048_576;
/** Slack leaves the connection open after it has answered our close. */
const CLOSE_MS = 1_000;

/** Rejects when the address may not be connected to; everything later is told by `ended`. */
export async function openLink({ egress, url, timings, events }: SlackLinkOptions): Promise<SlackLink> {
  const resolved = await egress.resolve(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  if (resolved.kind === 'refused') throw new Error(resolved.reason);
  const socket = new WebSocket(url, {
    // The look-up of the check is the only one; TLS still wants the certificate of the name.
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
    // By the clock, so a machine that slept finds out as soon as it wakes.
    const heartbeat = setInterval(() => {
      if (performance.now() - this.lastHeard > silentMs) this.cut('nothing was heard any more');
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

  /** Hears nothing more, and can still acknowledge what is under way. */
  deafen(): void {
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
