/** Reads the imports of each source file from its syntax tree: imports, re-exports, `import()` and import types. */
import { parseSync } from '@swc/core';
import { posix } from 'node:path';

export type Import = {
  /** A project path from the root (`domain/incident/fold.ts`), or a package (`node:fs`, `@temporalio/worker`). */
  to: string;
  isOurs: boolean;
  /** Removed by compilation: the running program loads nothing of it. */
  isType: boolean;
};

/** Path from the root → source text. */
export type Sources = ReadonlyMap<string, string>;

/** Imports by file; an import that resolves to no project file keeps its written path. */
export function readImports(sources: Sources): Map<string, Import[]> {
  return new Map(
    [...sources].map(([file, text]) => [
      file,
      mentionsOf(file, text).map(({ specifier, isType }) => resolve(sources, file, specifier, isType)),
    ]),
  );
}

type Mention = { specifier: string; isType: boolean };

function mentionsOf(file: string, text: string): Mention[] {
  const found: Mention[] = [];
  const tree: unknown = parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), decorators: true });
  visit(tree, (node) => {
    const mention = mentionIn(node);
    if (mention !== null) found.push(mention);
  });
  return found;
}

function mentionIn(node: Record<string, unknown>): Mention | null {
  switch (node['type']) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return mention(node['source'], node['typeOnly'] === true || hasOnlyTypes(node['specifiers']));
    case 'TsImportType':
      return mention(node['argument'], true);
    case 'CallExpression':
      return isRecord(node['callee']) && node['callee']['type'] === 'Import'
        ? mention(firstArgument(node['arguments']), false)
        : null;
    default:
      return null;
  }
}

function mention(literal: unknown, isType: boolean): Mention | null {
  if (!isRecord(literal) || typeof literal['value'] !== 'string') return null;
  return { specifier: literal['value'], isType };
}

/** `import { type A, type B }`; `import './x.js'` names nothing and is loaded for its effect. */
function hasOnlyTypes(specifiers: unknown): boolean {
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((specifier) => isRecord(specifier) && specifier['isTypeOnly'] === true);
}

function firstArgument(list: unknown): unknown {
  const [first]: unknown[] = Array.isArray(list) ? list : [];
  return isRecord(first) ? first['expression'] : undefined;
}

function visit(value: unknown, see: (node: Record<string, unknown>) => void): void {
  if (!isRecord(value)) return;
  if (!Array.isArray(value)) see(value);
  for (const item of Object.values(value)) visit(item, see);
}

function resolve(sources: Sources, from: string, specifier: string, isType: boolean): Import {
  if (!specifier.startsWith('.')) return { to: specifier, isOurs: false, isType };
  const path = posix.join(posix.dirname(from), specifier);
  const stem = path.replace(/\.js$/, '');
  const to = [`${stem}.ts`, `${stem}.tsx`].find((candidate) => sources.has(candidate));
  return { to: to ?? path, isOurs: true, isType };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
