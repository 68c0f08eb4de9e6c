import { request } from 'node:http';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { serveHealth } from './health-server.js';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

it('metrics are told under no name that somebody else may own', async () => {
  const port = await freePort();
  const server = await serveHealth({
    port,
    host: '127.0.0.1',
    publicUrl: 'https://tocsin.example.com:8443/',
    metrics: { contentType: 'text/plain', metrics: () => Promise.resolve('incidents 1\n') },
    health: () => ({ ok: true }),
  });
  const statusFor = (host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: '/metrics', headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .once('error', reject)
        .end();
    });
  try {
    for (const host of [
      '127.0.0.1:3001',
      '[::1]:3001',
      'localhost',
      'worker:3001',
      'TOCSIN.example.com:3001',
    ])
      expect([host, await statusFor(host)]).toEqual([host, 200]);
    for (const host of [
      'evil.example',
      'evil.example:3001',
      'localhost.',
      '127.0.0.1.evil.example',
      '1.2.3',
      'a.b:',
    ])
      expect([host, await statusFor(host)]).toEqual([host, 421]);
  } finally {
    await server.close();
  }
});
