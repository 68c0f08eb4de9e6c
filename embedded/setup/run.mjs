/** Runs a program and collects its output, which is shown only on failure. */
import { spawn } from 'node:child_process';

/**
 * Returns `{ code, output }`; never throws for a bad exit. `timeoutMs` ends it. stdin is closed, so the program
 * cannot prompt.
 */
export function run(file, args, { timeoutMs = 0, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const timer =
      timeoutMs > 0
        ? setTimeout(() => {
            output += `\nno end after ${timeoutMs / 1000} s`;
            child.kill('SIGKILL');
          }, timeoutMs)
        : undefined;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** The last lines of a long output. */
export const tail = (output, lines = 20) => output.trim().split('\n').slice(-lines).join('\n');
