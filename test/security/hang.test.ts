/** A hanging process is killed with a log line, wherever it hangs; its parent restarts it. */
import { afterEach, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { isHealthy } from '../../embedded/probe.js';
import { eventually } from '../harness/eventually.js';
import { startTocsin, type Tocsin } from '../harness/tocsin.js';

let tocsin: Tocsin | undefined;
afterEach(() => tocsin?.end());

/** Makes the process run `expression` in its main thread, through its debugger. */
async function evaluate(tocsin: Tocsin, expression: string): Promise<void> {
  const line = await eventually(
    () =>
      Promise.resolve(
        tocsin
          .logs('api')
          .split('\n')
          .find((one) => one.includes('api listens')),
      ),
    { what: 'the number of the process' },
  );
  const { pid } = JSON.parse(line.slice(line.indexOf('{'))) as { pid: number };
  process.kill(pid, 'SIGUSR1');
  const address = await eventually(
    () => Promise.resolve(/ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(tocsin.logs('api'))?.[0]),
    { what: 'the debugger' },
  );
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
}

it('an api that hangs is ended within its limit, and says what happened', async () => {
  const api = await startTocsin({
    parts: ['api'],
    env: { TOCSIN_HANG_LIMIT: '10s', NODE_OPTIONS: '--inspect-port=0' },
  });
  tocsin = api;
  await evaluate(api, 'for (;;);');
  await eventually(() => Promise.resolve(api.logs('api').includes('has not turned for 10 s') || undefined), {
    what: 'the end of the api',
    timeoutMs: 60_000,
  });
  await api.stop('api');
  await api.start('api');
  expect(await isHealthy(`${api.url}/healthz`)).toBe(true);
});
