/** Checks the import directions (docs/architecture.md, Folders) over the syntax trees of all sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { domainParts, folderRules, reachRules, testFolders, type FolderRule } from './import-rules.js';
import { readImports, type Import, type Sources } from './imports.js';

/** One sentence per forbidden import, with the rule's reason; empty when there is none. */
export function findViolations(sources: Sources): string[] {
  const imports = readImports(sources);
  return [...directViolations(imports), ...reachViolations(imports), ...circles(imports)];
}

/**
 * One sentence per permission of the table that no import uses: a table that allows more than the code needs enforces less than it
 * says. The parts of the domain count as one, because a pure function may move between them.
 */
export function findUnusedPermissions(sources: Sources): string[] {
  const used = new Set<string>();
  for (const [from, list] of readImports(sources)) {
    if (isTest(from)) continue;
    for (const { to, isOurs, isType } of list) {
      if (isOurs) used.add(`${nodeOf(from)} ${isType ? 'types' : 'may'} ${nodeOf(to)}`);
    }
  }
  return Object.entries(folderRules).flatMap(([node, { may, types = [] }]) => [
    ...may
      .filter((target) => !domainParts.includes(target) && !used.has(`${node} may ${target}`))
      .map((target) =>
        used.has(`${node} types ${target}`)
          ? `${node} may import ${target}, and uses types alone`
          : `${node} may import ${target}, and does not`,
      ),
    ...types
      .filter((target) => !domainParts.includes(target) && !used.has(`${node} types ${target}`))
      .map((target) => `${node} may import types of ${target}, and does not`),
  ]);
}

/** All TypeScript of the checked folders, from the project's root. */
export function readSources(root: string): Sources {
  const folders = [...new Set([...Object.keys(folderRules).map(topOf), ...testFolders])];
  const files = folders.flatMap((folder) => filesBelow(join(root, folder)));
  return new Map(files.map((file) => [relative(root, file), readFileSync(file, 'utf8')]));
}

function directViolations(imports: ReadonlyMap<string, Import[]>): string[] {
  return [...imports].flatMap(([from, list]) => {
    if (isTest(from)) return [];
    const node = nodeOf(from);
    const rule = node === null ? undefined : folderRules[node];
    if (node === null || rule === undefined) return [`${from}: its folder has no rule in import-rules.ts`];
    const lost = list.filter(({ to, isOurs }) => isOurs && !imports.has(to) && /\.jsx?$/.test(to));
    if (lost.length > 0) return lost.map(({ to }) => `${from} → ${to}: there is no such source`);
    return list
      .filter((one) => !isAllowed(node, rule, from, one))
      .map((one) => `${from} → ${one.to}${one.isType ? ' (type)' : ''}: ${node} may not; ${rule.reason}`);
  });
}

function isAllowed(node: string, rule: FolderRule, from: string, { to, isOurs, isType }: Import): boolean {
  if (!isOurs)
    return isType || rule.packages === undefined || rule.packages.some((name) => isPackage(to, name));
  // Test helpers may import anything that tests may, so no shipped code may depend on them.
  if (isTest(to)) return false;
  const target = nodeOf(to);
  if (target === node) return rule.isApart !== true || isSameFolder(from, to);
  if (target === null) return false;
  return rule.may.includes(target) || (isType && (rule.types ?? []).includes(target));
}

/** One sentence per file that imports itself through others; circles of types count, as a reader follows them as well. */
function circles(imports: ReadonlyMap<string, Import[]>): string[] {
  const ours = (file: string): string[] =>
    (imports.get(file) ?? []).filter(({ to, isOurs }) => isOurs && !isTest(to)).map(({ to }) => to);
  const done = new Set<string>();
  const found: string[] = [];
  const follow = (file: string, chain: string[]): void => {
    if (chain.includes(file))
      found.push(`${[...chain.slice(chain.indexOf(file)), file].join(' → ')}: a circle`);
    if (done.has(file)) return;
    done.add(file);
    for (const next of ours(file)) follow(next, [...chain, file]);
  };
  for (const file of imports.keys()) if (!isTest(file)) follow(file, []);
  return found;
}

function reachViolations(imports: ReadonlyMap<string, Import[]>): string[] {
  return reachRules.flatMap(({ from, never, reason }) => {
    const starts = [...imports.keys()].filter((file) => topOf(file) === from && !isTest(file));
    return [...chainsFrom(starts, imports)]
      .filter(([name]) => never.test(name))
      .map(([, chain]) => `${chain.join(' → ')}: ${from} may not reach it; ${reason}`);
  });
}

/** Breadth first, so that each package gets one of its shortest chains. */
function chainsFrom(starts: string[], imports: ReadonlyMap<string, Import[]>): Map<string, string[]> {
  const packages = new Map<string, string[]>();
  const seen = new Set(starts);
  const queue = starts.map((start) => [start]);
  for (let chain = queue.shift(); chain !== undefined; chain = queue.shift()) {
    for (const { to, isOurs, isType } of imports.get(chain.at(-1) ?? '') ?? []) {
      if (isType) continue;
      if (!isOurs && !packages.has(to)) packages.set(to, [...chain, to]);
      if (!isOurs || seen.has(to)) continue;
      seen.add(to);
      queue.push([...chain, to]);
    }
  }
  return packages;
}

function nodeOf(file: string): string | null {
  const fitting = Object.keys(folderRules).filter((name) => isBelow(file.split('/'), name.split('/')));
  return fitting.toSorted((a, b) => b.split('/').length - a.split('/').length)[0] ?? null;
}

const isSameFolder = (from: string, to: string): boolean => posix.dirname(from) === posix.dirname(to);

/** `*` in a rule's name is any one folder. */
const isBelow = (file: string[], name: string[]): boolean =>
  name.length <= file.length && name.every((part, at) => part === '*' || part === file[at]);

function isTest(file: string): boolean {
  return (
    testFolders.includes(topOf(file)) ||
    /\.(test|spec)\.tsx?$/.test(file) ||
    /(^|\/)(testing|testdata|fake(-[a-z]+)?)(\/|\.ts$)/.test(file)
  );
}

const isPackage = (specifier: string, name: string): boolean =>
  specifier === name || specifier.startsWith(name.endsWith(':') || name.endsWith('/') ? name : `${name}/`);

const topOf = (path: string): string => path.split('/')[0] ?? '';

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

if (process.argv[1] === import.meta.filename) {
  const sources = readSources(process.cwd());
  const violations = [...findViolations(sources), ...findUnusedPermissions(sources)];
  for (const violation of violations) process.stdout.write(`${violation}\n`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
