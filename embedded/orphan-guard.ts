/**
 * Ends a child whose supervisor is gone. A child is detached and would live on unsupervised: an api and a pager
 * without a worker, on a machine that seems to work. The guard is a shell of about 1 MB that reads from a pipe whose
 * other end only the supervisor holds. The pipe ends with the supervisor, however it died, SIGKILL included.
 */
import { spawn } from 'node:child_process';

export type OrphanGuard = {
  /** Call when the child has ended or is being stopped: its pid may soon belong to another process. */
  release(): void;
};

/** `$1` the child, `$2` the signal that stops it, `$3` the seconds before it and its group are killed. */
const script = `
while read -r _; do :; done
kill -s "$2" "$1" 2>/dev/null || exit 0
waited=0
while kill -0 "$1" 2>/dev/null; do
  if [ "$waited" -ge "$3" ]; then
    kill -s KILL -- "-$1" 2>/dev/null || kill -s KILL "$1" 2>/dev/null
    exit 0
  fi
  sleep 1
  waited=$((waited + 1))
done
`;

/** Guards the running process `pid` until it is released or the calling process ends. */
export function guardAgainstOrphaning(
  pid: number,
  stopSignal: 'SIGTERM' | 'SIGINT',
  stopTimeoutMs: number,
): OrphanGuard {
  const args = [String(pid), stopSignal.slice(3), String(Math.ceil(stopTimeoutMs / 1000))];
  const shell = spawn('/bin/sh', ['-c', script, 'tocsin-orphan-guard', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C on the terminal is for the supervisor alone.
    detached: true,
  });
  // A machine without a shell has no guard; its next start ends leftover processes.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  return { release: () => void shell.kill('SIGKILL') };
}
