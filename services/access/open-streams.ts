/**
 * Open live streams. A shutdown ends them, because an open stream would hold the server for ever. At every ping, and when rights
 * change, each stream's credential is checked again.
 */
import type { ServerResponse } from 'node:http';

/** Most streams of one person or key; a browser with several tabs needs a few. */
const MOST_OF_ONE = 20;

interface Stream {
  of: string;
  /** False: the credential of the stream is no longer valid. Throws when the database is unavailable. */
  mayGoOn: () => Promise<boolean>;
}

export class OpenStreams {
  private readonly open = new Map<ServerResponse, Stream>();
  private closing = false;

  isFull(of: string): boolean {
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

  /** Ends streams whose credential is no longer valid: the given one, or all. */
  async askAgain(only?: ServerResponse): Promise<void> {
    const asked = [...this.open].filter(([response]) => only === undefined || response === only);
    await Promise.all(
      asked.map(async ([response, stream]) => {
        const goesOn = await stream.mayGoOn().catch(() => true);
        if (!goesOn) response.end();
      }),
    );
  }

  endAll(): void {
    this.closing = true;
    for (const response of this.open.keys()) response.end();
  }
}
