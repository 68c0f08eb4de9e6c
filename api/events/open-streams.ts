/**
 * The streams under way. A shutdown ends them, because an open one would hold the server for ever; and each is asked again,
 * at every ping and when somebody's rights change, whether its credential still holds.
 */
import type { ServerResponse } from 'node:http';

/** Of one person or key; a browser with several tabs needs a few. */
const MOST_OF_ONE = 20;

interface Stream {
  of: string;
  /** False: what opened the stream would not be let in any more. A database that is away is no answer: it throws. */
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

  /** Ends what may not go on: this one, or any. */
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
