import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createEgress, type Egress } from './egress.js';
import { corpus, resolverAnswers } from './testing/corpus.js';

/** Receives every TCP client socket that Node creates in this process. */
const socketChannel = 'net.client.socket';

describe('the egress corpus', () => {
  let sentinels: Server[];
  let port: number;
  let egress: Egress;
  let reached = 0;
  let socketsMade = 0;
  const countSocket = (): void => {
    socketsMade += 1;
  };

  beforeAll(async () => {
    const onConnection = (): void => {
      reached += 1;
    };
    const first = createServer(onConnection);
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    port = (first.address() as AddressInfo).port;
    sentinels = [first];
    subscribe(socketChannel, countSocket);
    egress = createEgress({
      allow: [],
      lookup: (name) =>
        Promise.resolve(
          (resolverAnswers[name] ?? ['127.0.0.1']).map((address) => ({
            address,
            family: address.includes(':') ? 6 : 4,
          })),
        ),
    });
  });

  afterAll(async () => {
    unsubscribe(socketChannel, countSocket);
    await egress.close();
    await Promise.all(sentinels.map((server) => new Promise((resolve) => server.close(resolve))));
  });

  const cases = Object.entries(corpus).flatMap(([trick, urls]) => urls.map((url) => [trick, url] as const));

  it('holds at least 150 different URLs', () => {
    expect(new Set(cases.map(([, url]) => url)).size).toBeGreaterThanOrEqual(150);
  });

  it.each(cases)('%s: refuses %j', async (_trick, url) => {
    const outcome = await egress.request({
      method: 'POST',
      url: url.replaceAll('{port}', String(port)),
      body: 'x',
      timeoutMs: 2000,
    });
    expect(outcome).toEqual({ kind: 'refused', reason: expect.stringMatching(/.{10}/) });
  });

  it('let no packet leave: no socket was made and the sentinel heard nothing', () => {
    expect({ socketsMade, reached }).toEqual({ socketsMade: 0, reached: 0 });
  });
});
