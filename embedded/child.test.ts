import { expect, it } from '@jest/globals';
import { startChild, type ChildEvent, type ChildSpec } from './child.js';
import { isRunning } from './process-identity.js';
import { eventually } from './testing/eventually.js';

const spec = (script: string, rest: Partial<ChildSpec> = {}): ChildSpec => ({
  name: 'tiny',
  command: process.execPath,
  args: ['-e', script],
  logFile: null,
  isReady: () => Promise.resolve(true),
  readyTimeoutMs: 5_000,
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 200,
  restart: null,
  ...rest,
});

it('waits longer before every restart of a child that keeps dying, and stops when told', async () => {
  const delays: number[] = [];
  const child = await startChild(
    spec('setTimeout(() => process.exit(1), 20)', { restart: { firstMs: 10, capMs: 80 } }),
    (event) => void (event.kind === 'died' && delays.push(event.delayMs ?? -1)),
  );
  await eventually(() => expect(delays.length).toBeGreaterThanOrEqual(5));
  await child.stop();
  expect(delays[0]).toBeLessThanOrEqual(10);
  expect(delays[4]).toBeGreaterThanOrEqual(40);
  expect(Math.max(...delays)).toBeLessThanOrEqual(80);
  expect(child.pid).toBeNull();
});

it('leaves a dead child dead when nothing else is asked', async () => {
  const events: ChildEvent[] = [];
  await startChild(spec('setTimeout(() => process.exit(7), 20)'), (event) => void events.push(event));
  await eventually(() =>
    expect(events.at(-1)).toEqual({ kind: 'died', name: 'tiny', how: 'exit code 7', delayMs: null }),
  );
});

it('ends a deaf child and what it has started itself', async () => {
  const events: ChildEvent[] = [];
  const lines: string[] = [];
  const deaf = `process.on('SIGTERM', () => {});
    const { spawn } = require('node:child_process');
    console.log(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e3)'], { stdio: 'ignore' }).pid);
    setInterval(() => {}, 1e3);`;
  const child = await startChild(
    spec(deaf, { onLine: (line) => void lines.push(line), isReady: () => Promise.resolve(lines.length > 0) }),
    (event) => void events.push(event),
  );
  const [started] = events;
  if (started?.kind !== 'started') throw new Error('not started');
  await child.stop();
  expect(isRunning(started.identity)).toBe(false);
  await eventually(() => expect(() => process.kill(Number(lines[0]), 0)).toThrow());
});

it('says what a program that cannot be started was', async () => {
  await expect(startChild({ ...spec(''), command: '/no/such/program' })).rejects.toThrow(
    /tiny could not be started: .*\/no\/such\/program ENOENT/,
  );
});

it('says so when a child is never ready', async () => {
  const never = spec('console.error("no port"); setInterval(() => {}, 1e3)', {
    isReady: () => Promise.resolve(false),
    readyTimeoutMs: 2_000,
    onLine: () => {},
  });
  await expect(startChild(never)).rejects.toThrow(/tiny was not ready after 2 s; it said:\nno port/);
});
