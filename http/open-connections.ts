/**
 * Connections with their open requests, so that a shutdown waits for replies under way only. Node counts a connection that never
 * sent a request (browsers open these ahead of time) as busy, and would wait a minute for it.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export class OpenConnections {
  private readonly answering = new Map<Socket, number>();
  private closing = false;

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.answering.set(socket, 0);
      socket.once('close', () => this.answering.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.answering.set(socket, (this.answering.get(socket) ?? 0) + 1);
      response.once('close', () => {
        const left = (this.answering.get(socket) ?? 1) - 1;
        if (this.answering.has(socket)) this.answering.set(socket, left);
        if (this.closing && left === 0) socket.end();
      });
    });
  }

  /** Ends idle connections now, and the others as soon as they have replied. */
  close(): void {
    this.closing = true;
    for (const [socket, answers] of this.answering) if (answers === 0) socket.destroy();
  }
}
