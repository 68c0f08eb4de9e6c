/**
 * Output of a child: written straight into its file, so that a child that outlives its supervisor keeps its log and
 * never writes into a broken pipe; through a pipe only when somebody follows the lines.
 */
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

export type ChildLog = {
  stdio: number | 'pipe' | 'ignore';
  /** Call after the child was spawned. */
  follow(child: ChildProcess): void;
  /** The last output of the current process, for an error message; '' when there was none. */
  tail(): string;
};

const rotateBytes = 20 * 1024 * 1024;
const tailBytes = 2_000;

/** Opens the log for one run of a child; a file above 20 MiB is first moved to `<file>.1`. */
export function openLog(file: string | null, onLine: ((line: string) => void) | undefined): ChildLog {
  if (file !== null) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    rotate(file);
  }
  const from = file === null ? 0 : sizeOf(file);
  const lines: string[] = [];
  const tail = (): string => {
    const said = file === null ? lines.join('\n') : readFrom(file, from);
    return said.trim() === '' ? '' : `; it said:\n${said.trim()}`;
  };
  if (onLine === undefined && file !== null) {
    const descriptor = openSync(file, 'a', 0o600);
    return { stdio: descriptor, follow: () => closeSync(descriptor), tail };
  }
  const take = (line: string): void => {
    if (file !== null) appendFileSync(file, `${line}\n`, { mode: 0o600 });
    if (lines.push(line) > 20) lines.shift();
    onLine?.(line);
  };
  return {
    stdio: 'pipe',
    follow(child) {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on('line', take);
      }
    },
    tail,
  };
}

function rotate(file: string): void {
  if (sizeOf(file) > rotateBytes) renameSync(file, `${file}.1`);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(file: string, from: number): string {
  const size = sizeOf(file);
  const start = Math.max(from, size - tailBytes);
  if (size <= start) return '';
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(size - start);
    readSync(descriptor, buffer, 0, buffer.length, start);
    return buffer.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}
