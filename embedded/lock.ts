/**
 * A lock file that detects a dead owner: it contains the owner's process identity, so a lock left behind by `kill -9`
 * or a power cut is taken over, and a living owner is never disturbed.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identityOf, isRunning, type ProcessIdentity } from './process-identity.js';

export type Lock = { release(): void };

/** Another living process holds the lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  constructor(
    readonly file: string,
    readonly owner: ProcessIdentity,
  ) {
    super(`${file} is held by process ${owner.pid}, which is still running`);
  }
}

/** Takes the lock or throws `LockedError`. The folder of `file` must exist. */
export function acquireLock(file: string): Lock {
  const mine = identityOf(process.pid);
  if (mine === null) throw new Error(`This process (${process.pid}) is not listed by the system`);
  const content = JSON.stringify({ ...mine, lock: randomBytes(8).toString('hex') });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    // Linking is atomic and includes the content: no reader ever sees a half-written lock.
    while (!linked(draft, file)) dropStale(file);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release() {
      if (readOrNull(file) === content) rmSync(file, { force: true });
    },
  };
}

function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function dropStale(file: string): void {
  const seen = readOrNull(file);
  if (seen === null) return;
  const owner = parseOwner(seen);
  if (owner !== null && isRunning(owner)) throw new LockedError(file, owner);
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  // Two starters may both have found the owner dead; the slower one must not remove the faster one's lock.
  if (readOrNull(aside) !== seen) linked(aside, file);
  rmSync(aside, { force: true });
}

function parseOwner(content: string): ProcessIdentity | null {
  try {
    const owner: unknown = JSON.parse(content);
    if (typeof owner !== 'object' || owner === null) return null;
    if (!('pid' in owner) || !('startedAt' in owner)) return null;
    const { pid, startedAt } = owner;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
