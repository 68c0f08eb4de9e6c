/**
 * Slack's Socket Mode: we connect to Slack and receive its callbacks over that connection, so no address of ours has to be
 * reachable. One connection is kept open: its replacement is open before Slack closes the old one, and every failure is retried.
 * Several replicas may connect at once: Slack sends each envelope to one of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlackAnswers, SlackParts } from './answers.js';
import { openAddress } from './connections-open.js';
import { SlackEnvelopes } from './envelopes.js';
import type { SlackEnvelope } from './frames.js';
import { openLink, type SlackLink } from './link.js';
import { type SocketTimings, socketTimings, waitBefore } from './socket-timings.js';

export interface SlackSocketParts extends Pick<SlackParts, 'egress' | 'logger' | 'callbacks'> {
  account: { apiUrl: string; appToken: string };
  answers: SlackAnswers;
  /** Called with whether a connection is open: at the start, and whenever one opens or ends. */
  onState: (isOpen: boolean) => void;
  timings?: SocketTimings;
}

type Opened =
  /** `left` resolves with the reason when Slack requests a replacement, or when this connection has ended. */
  | { kind: 'open'; link: SlackLink; left: Promise<string> }
  | { kind: 'failed'; reason: string; retryAfterMs: number };

const failed = (reason: string): Opened => ({ kind: 'failed', reason, retryAfterMs: 0 });

export class SlackSocket {
  private readonly stopping = new AbortController();
  private readonly envelopes: SlackEnvelopes;
  private readonly timings: SocketTimings;
  /** Connections that have not ended, each with the promise of its end. */
  private readonly links = new Map<SlackLink, Promise<void>>();
  /** Connections on which Slack has sent its hello. */
  private readonly greeted = new Set<SlackLink>();
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly parts: SlackSocketParts) {
    const { answers, callbacks, logger } = parts;
    this.timings = parts.timings ?? socketTimings;
    this.envelopes = new SlackEnvelopes({ answers, callbacks, logger });
  }

  /** Returns at once; connects, and reconnects, in the background. */
  start(): void {
    this.parts.onState(false);
    this.keepOpen().catch((error: unknown) => {
      if (!this.stopping.signal.aborted)
        this.parts.logger.error({ err: error }, "Slack's socket is given up");
    });
  }

  /** Accepts nothing new, finishes what is under way, and closes: Slack sends the rest to other replicas. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const link of this.links.keys()) link.pause();
    const late = sleep(this.timings.finishMs, undefined, { ref: false });
    await Promise.race([Promise.all(this.underWay), late]);
    for (const link of this.links.keys()) link.close();
    await Promise.all(this.links.values());
  }

  private async keepOpen(): Promise<void> {
    const { logger } = this.parts;
    let failures = 0;
    let last: SlackLink | null = null;
    while (!this.stopping.signal.aborted) {
      const opened = await this.open();
      if (this.stopping.signal.aborted) return;
      let retryAfterMs = 0;
      if (opened.kind === 'failed') {
        failures += 1;
        retryAfterMs = opened.retryAfterMs;
        logger.warn({ reason: opened.reason, failures }, "Slack's socket does not open; it is tried again");
      } else {
        // Slack may still send on the old connection; it repeats what is not acknowledged there over the new one.
        last?.close();
        last = opened.link;
        const since = performance.now();
        const reason = await opened.left;
        if (this.stopping.signal.aborted) return;
        failures = performance.now() - since >= this.timings.stableMs ? 0 : failures + 1;
        logger.info({ reason }, "Slack's socket reconnects");
      }
      const waitMs = waitBefore(failures, retryAfterMs, Math.random(), this.timings);
      await sleep(waitMs, undefined, { signal: this.stopping.signal });
    }
  }

  private async open(): Promise<Opened> {
    const { egress, account, logger } = this.parts;
    const asked = await openAddress(egress, account, this.timings.openMs);
    if (asked.kind === 'failed') return asked;
    return new Promise((resolve) => {
      const left = settable<string>();
      const end = settable<void>();
      const opening = openLink({
        egress,
        url: asked.url,
        timings: this.timings,
        events: {
          envelope: (envelope, acknowledge) => this.take(envelope, acknowledge),
          garbage: (text) => this.follow(this.envelopes.refuse('not a frame of Slack', text)),
          hello: (link, connections) => {
            this.greeted.add(link);
            logger.info({ connections }, "Slack's socket is open");
            this.parts.onState(true);
            resolve({ kind: 'open', link, left: left.promise });
          },
          leaving: (link, reason) => {
            left.set(reason);
            if (this.greeted.has(link)) return;
            resolve(failed(reason));
            link.close();
          },
          ended: (link, reason) => {
            this.links.delete(link);
            this.greeted.delete(link);
            this.parts.onState(this.greeted.size > 0);
            left.set(reason);
            end.set();
            resolve(failed(reason));
          },
        },
      });
      opening.then(
        (link) => {
          this.links.set(link, end.promise);
          if (this.stopping.signal.aborted) link.close();
        },
        (error: unknown) => resolve(failed(error instanceof Error ? error.message : String(error))),
      );
    });
  }

  private take(envelope: SlackEnvelope, acknowledge: (answer: object | null) => void): void {
    const done = this.envelopes.take(envelope).then((taken) => {
      if (taken.kind === 'acknowledged') acknowledge(taken.answer);
    });
    this.follow(done);
  }

  /** Neither kind of tracked promise rejects. */
  private follow(work: Promise<void>): void {
    const followed = work.finally(() => this.underWay.delete(followed));
    this.underWay.add(followed);
  }
}

function settable<T>(): { promise: Promise<T>; set: (value: T) => void } {
  let set: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    set = resolve;
  });
  return { promise, set };
}
