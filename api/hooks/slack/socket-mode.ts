/**
 * Slack's other door, Socket Mode: we call Slack, and everything that it would post to us comes over that connection; no
 * address of ours has to be reachable. One connection is kept up: the next one is open before Slack takes the old one away,
 * and whatever fails is tried again. Several replicas may do so at once: Slack hands each envelope to one of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../../db/store.js';
import type { SlackAnswers, SlackParts } from './answers.js';
import { openAddress } from './connections-open.js';
import { SlackEnvelopes } from './envelopes.js';
import type { SlackEnvelope } from './frames.js';
import { openLink, type SlackLink } from './link.js';
import { type SocketTimings, socketTimings, waitBefore } from './socket-timings.js';

export interface SlackSocketParts extends Pick<SlackParts, 'egress' | 'logger'> {
  account: { apiUrl: string; appToken: string };
  answers: SlackAnswers;
  store: { callbacks: Pick<Store['callbacks'], 'refuse'> };
  /** Told whether a connection is open: at the start, and whenever one opens or ends. */
  onState: (isOpen: boolean) => void;
  timings?: SocketTimings;
}

type Opened =
  /** `left` resolves when Slack wants another connection, or this one has ended; with the reason. */
  | { kind: 'open'; link: SlackLink; left: Promise<string> }
  | { kind: 'failed'; reason: string; retryAfterMs: number };

const failed = (reason: string): Opened => ({ kind: 'failed', reason, retryAfterMs: 0 });

export class SlackSocket {
  private readonly stopping = new AbortController();
  private readonly envelopes: SlackEnvelopes;
  private readonly timings: SocketTimings;
  /** All connections that have not ended, with their ends. */
  private readonly links = new Map<SlackLink, Promise<void>>();
  /** Those that Slack has said hello on. */
  private readonly greeted = new Set<SlackLink>();
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly parts: SlackSocketParts) {
    const { answers, store, logger } = parts;
    this.timings = parts.timings ?? socketTimings;
    this.envelopes = new SlackEnvelopes({ answers, callbacks: store.callbacks, logger });
  }

  /** Returns at once; the connection comes, and comes again, by itself. */
  start(): void {
    this.parts.onState(false);
    this.keepOpen().catch((error: unknown) => {
      if (!this.stopping.signal.aborted)
        this.parts.logger.error({ err: error }, "Slack's socket is given up");
    });
  }

  /** Takes nothing new, ends what is under way, and says goodbye: Slack hands the rest to other replicas. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const link of this.links.keys()) link.deafen();
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
        // Slack may still be sending on the old one: what is not acknowledged there comes over the new one.
        last?.close();
        last = opened.link;
        const since = performance.now();
        const reason = await opened.left;
        if (this.stopping.signal.aborted) return;
        failures = performance.now() - since >= this.timings.stableMs ? 0 : failures + 1;
        logger.info({ reason }, "Slack's socket is opened anew");
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

  /** Neither of what is followed rejects. */
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
