/**
 * Open live streams. A shutdown ends them, because an open stream would hold the server for ever. At every ping, and when rights
 * change, each stream's credential is checked again.
 */
import type { ServerResponse } from 'node:http';
import type { Actor } from '../../domain/incident/state.js';

/** Most streams of one person or key; a browser with several tabs needs a few. */
const MOST_OF_ONE = 20;

interface Stream {
  /** The person or key whose stream this is. */
  of: Actor;
  /** False: the credential of the stream is no longer valid. Throws when the database is unavailable. */
  mayGoOn: () => Promise<boolean>;
}

export class OpenStreams {
  private readonly open = new Map<ServerResponse, Stream>();
  private closing = false;

  isFull(of: Actor): boolean {
    return [...this.open.values()].filter((one) => one.of === of).length >= MOST_OF_ONE;
  }

  /** `ended` runs once, when either side ends the stream. */
  add(response: ServerResponse, stream: Stream, ended: () => void): void {
    this.open.set(response, stream);
    response.once('close', () => {
      this.open.delete(response);
      ended();
    });
    if (response.destroyed) response.emit('close');
    if (this.closing) response.end();
  }

  /** Ends the stream when its credential is no longer valid. */
  async recheck(response: ServerResponse): Promise<void> {
    const goesOn = await this.open
      .get(response)
      ?.mayGoOn()
      .catch(() => true);
    if (goesOn === false) response.end();
  }

  /** Ends the streams of this person or key whose credential is no longer valid. */
  async recheckOf(actor: Actor): Promise<void> {
    const theirs = [...this.open].filter(([, { of }]) => of === actor);
    await Promise.all(theirs.map(([response]) => this.recheck(response)));
  }

  endAll(): void {
    this.closing = true;
    for (const response of this.open.keys()) response.end();
  }
}
