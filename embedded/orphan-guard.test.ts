import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from '@jest/globals';
import { identityOf, isRunning } from './process-identity.js';
import { eventually } from './testing/eventually.js';

const built = (name: string): string => JSON.stringify(join(process.cwd(), 'dist', 'embedded', name));

/** A supervisor in a separate process, with one child that runs `script`; the child's pid is its first line. */
function superviseElsewhere(script: string): ChildProcess {
  const spec = `{
    name: 'tiny', command: process.execPath, args: ['-e', ${JSON.stringify(script)}], logFile: null,
    isReady: () => Promise.resolve(true), readyTimeoutMs: 5000, stopSignal: 'SIGTERM', stopTimeoutMs: 1000, restart: null,
  }`;
  const program = `import(${built('child.js')}).then(async ({ startChild }) => {
    console.log((await startChild(${spec})).pid);
    setInterval(() => {}, 1000);
  })`;
  return spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function childOf(supervisor: ChildProcess): Promise<NonNullable<ReturnType<typeof identityOf>>> {
  if (supervisor.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface({ input: supervisor.stdout }), 'line');
  const identity = identityOf(Number(line));
  if (identity === null) throw new Error(`no process ${String(line)}`);
  return identity;
}

it.each([
  ['a child that stops when it is told', 'setInterval(() => {}, 1000)'],
  ['a child that ignores the signal', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"],
])('a supervisor that is killed takes its children with it: %s', async (_what, script) => {
  const supervisor = superviseElsewhere(script);
  const child = await childOf(supervisor);
  supervisor.kill('SIGKILL');
  await once(supervisor, 'exit');
  await eventually(() => expect(isRunning(child)).toBe(false));
});

it('a supervisor that only stands still keeps its children', async () => {
  const supervisor = superviseElsewhere('setInterval(() => {}, 1000)');
  const child = await childOf(supervisor);
  supervisor.kill('SIGSTOP');
  await eventually(() => expect(identityOf(supervisor.pid ?? 0)).not.toBeNull());
  expect(isRunning(child)).toBe(true);
  supervisor.kill('SIGKILL');
  supervisor.kill('SIGCONT');
  await eventually(() => expect(isRunning(child)).toBe(false));
});

it('output that nobody reads any more is dropped: the process goes on and ends when it is told', async () => {
  const program = `import(${built('screen.js')}).then(({ createScreen }) => {
    const screen = createScreen(process.stdout);
    process.on('uncaughtException', (error) => { screen.warn(String(error)); process.exitCode = 3; });
    process.on('SIGTERM', () => process.exit(process.exitCode ?? 0));
    setInterval(() => { screen.say('still here'); process.stderr.write('.'); }, 2);
  })`;
  const printing = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  await once(printing.stdout, 'data');
  const ended = once(printing, 'exit');
  printing.stdout.destroy();
  // Each dot comes after another line that could not be written.
  for (let dots = 0; dots < 20; dots += 1) await once(printing.stderr, 'data');
  printing.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
