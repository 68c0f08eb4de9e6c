/** Detects whether files built from other files are up to date: a stamp contains the hash of names and contents. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './paths.mjs';

/** Every file below the given files and folders (absolute), in a fixed order. */
export function filesBelow(places) {
  return places.flatMap((place) => {
    if (!existsSync(place)) return [];
    if (!statSync(place).isDirectory()) return [place];
    const names = readdirSync(place).filter((name) => name !== 'node_modules' && !name.startsWith('.'));
    return filesBelow(names.toSorted().map((name) => join(place, name)));
  });
}

/** One hash over names and contents, including the Node major, which decides what a build may use. */
export function hashOf(files) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const file of files)
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

export const isFresh = (stampFile, hash) => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
export const writeStamp = (stampFile, hash) => writeFileSync(stampFile, hash);
