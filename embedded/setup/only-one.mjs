/**
 * A lock for the set-up: two commands started at once must not install or build over each other, so the second waits.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { cache } from './paths.mjs';

const file = join(cache, 'setup.lock');

/** Runs `work` while holding the set-up lock; a lock whose process is gone counts as free. */
export async function onlyOne(work) {
  mkdirSync(cache, { recursive: true });
  let isTold = false;
  while (!taken()) {
    if (!isTold) process.stderr.write('  · another command is setting up; waiting for it\n');
    isTold = true;
    await wait(200);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function taken() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld()) rmSync(file, { force: true });
    return false;
  }
}

function isHeld() {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    // An empty file is being written at this moment.
    if (owner > 0) process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
