/** One connection of Slack's socket over TLS: the address is pinned, and the certificate must still match the name. */
import { createServer } from 'node:https';
import { expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { createEgress } from '../../../egress/egress.js';
import { certificateForDays } from '../../../egress/testing/certificate.js';
import { openLink } from './link.js';

it('sends nothing to a server with an untrusted certificate', async () => {
  const server = createServer(certificateForDays(2, { names: ['wss-primary.test'] }));
  const sockets = new WebSocketServer({ server });
  let connections = 0;
  sockets.on('connection', (line) => {
    connections += 1;
    line.send('{"type":"hello"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const egress = createEgress({
    allow: ['127.0.0.1/32'],
    lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  });
  try {
    const reason = await new Promise<string>((resolve, reject) => {
      openLink({
        egress,
        url: new URL(`wss://wss-primary.test:${port}/link/?ticket=secret`),
        timings: { openMs: 2_000, pingMs: 1_000, silentMs: 3_000 },
        events: {
          envelope: () => undefined,
          garbage: () => undefined,
          leaving: () => undefined,
          hello: () => reject(new Error('it spoke to a stranger')),
          ended: (_link, why) => resolve(why),
        },
      }).catch(reject);
    });
    expect(reason).toMatch(/certificate/);
    expect(reason).not.toContain('secret');
    expect(connections).toBe(0);
  } finally {
    sockets.close();
    server.close();
    await egress.close();
  }
});
