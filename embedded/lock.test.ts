import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, LockedError } from './lock.js';
import { identityOf, isRunning } from './process-identity.js';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-lock-'));
const file = join(folder, 'lock');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a lock file', () => {
  it('keeps a second owner out until it is released', () => {
    const lock = acquireLock(file);
    expect(() => acquireLock(file)).toThrow(LockedError);
    lock.release();
    acquireLock(file).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 4_194_305, startedAt: 'then' })],
    ['a number that has a new owner', JSON.stringify({ pid: process.pid, startedAt: 'before' })],
    ['nobody readable', 'half a fi'],
    ['nobody', ''],
  ])('is taken over from %s', (_, content) => {
    writeFileSync(file, content);
    acquireLock(file).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('knows a process by more than its number', () => {
    const mine = identityOf(process.pid);
    expect(mine).not.toBeNull();
    expect(mine !== null && isRunning(mine)).toBe(true);
    expect(isRunning({ pid: process.pid, startedAt: 'before' })).toBe(false);
    expect(identityOf(4_194_305)).toBeNull();
  });
});
