/** The streams under way, so that a shutdown can end them: an open one would hold the server for ever. */
import type { ServerResponse } from 'node:http';

export class OpenStreams {
  private readonly open = new Set<ServerResponse>();
  private closing = false;

  /** `ended` runs once, when either side ends the stream. */
  add(stream: ServerResponse, ended: () => void): void {
    this.open.add(stream);
    stream.once('close', () => {
      this.open.delete(stream);
      ended();
    });
    if (stream.destroyed) stream.emit('close');
    if (this.closing) stream.end();
  }

  endAll(): void {
    this.closing = true;
    for (const stream of this.open) stream.end();
  }
}
