/**
 * Every program of the image runs with the image's own files, on the image's Node and on the oldest supported one.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { layImage } from './image-files.js';
import { findNode24 } from './node-24.js';

const root = process.cwd();
const image = mkdtempSync(join(tmpdir(), 'tocsin-image-'));
const nodes = new Map<string, string>([['this Node', process.execPath]]);

beforeAll(async () => {
  const node24 = await findNode24(join(root, '.cache'));
  if (node24 !== null) nodes.set('Node 24', node24);
  chmodSync(image, 0o755);
  layImage(root, image);
}, 300_000);
afterAll(() => rmSync(image, { recursive: true, force: true }));

/** Runs as the user `nobody` where possible, without a home folder, outside the program's folder. */
function run(node: string, args: string[], env: Record<string, string> = {}): SpawnSyncReturns<string> {
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  const who =
    process.getuid?.() === 0 && nobody !== null ? { uid: Number(nobody[1]), gid: Number(nobody[2]) } : {};
  // Only the owner may be able to read the folder of the program itself.
  return spawnSync(node, args, {
    ...who,
    cwd: '/',
    encoding: 'utf8',
    env: { NODE_ENV: 'production', ...env },
    timeout: 60_000,
  });
}

/** A copy readable for everybody, as in the image. */
function reachable(name: string): string {
  const node = nodes.get(name);
  if (node === undefined) throw new Error(`no ${name}`);
  const link = join(image, name.replaceAll(' ', '-'));
  if (!readdirSync(image).includes(name.replaceAll(' ', '-'))) spawnSync('cp', [node, link]);
  return link;
}

describe.each(['this Node', 'Node 24'])('on %s', (name) => {
  it.each(['api/main', 'api/migrate', 'worker/main', 'pager/main'])(
    '%s starts as far as its settings reach',
    (program) => {
      if (!nodes.has(name)) throw new Error(`${name} cannot be had here; name one: NODE_24=/path/to/node`);
      const ended = run(reachable(name), [join(image, 'dist', `${program}.js`)]);
      expect(ended.stderr).toContain('The environment is not usable');
      expect(ended.stderr).toContain('DATABASE_URL: is not set');
      expect(ended.status).toBe(1);
    },
  );

  it.each([
    ['reconcile', 'tocsin-reconcile [--repair]'],
    ['end-access', 'end-access --yes'],
    ['erase-person', 'erase-person NAME --yes'],
  ])('worker/%s says what it does', (program, usage) => {
    const ended = run(reachable(name), [join(image, 'dist', 'worker', program, 'main.js'), '--help']);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toContain(usage);
    expect(ended.status).toBe(0);
  });

  it('every module that is loaded later is there as well', () => {
    const script = `
      import { readdirSync } from 'node:fs';
      const files = readdirSync(process.argv[1], { recursive: true }).filter((file) =>
        file.endsWith('.js') && !/(^|\\/)(main|migrate)\\.js$|^workflow|^workflows\\/|(^|\\/)(fake|testing)(\\.js$|\\/|s\\.js$)|-fixtures\\.js$/.test(file));
      const broken = [];
      for (const file of files) await import(process.argv[1] + '/' + file).catch((error) => broken.push(file + ': ' + error.message));
      console.log(JSON.stringify({ loaded: files.length, broken }));
      process.exit(0);`;
    const ended = run(reachable(name), ['--input-type=module', '-e', script, join(image, 'dist')]);
    const { loaded, broken } = JSON.parse(
      ended.stdout || JSON.stringify({ loaded: 0, broken: [ended.stderr] }),
    );
    expect(broken).toEqual([]);
    expect(loaded).toBeGreaterThan(500);
  });
});
