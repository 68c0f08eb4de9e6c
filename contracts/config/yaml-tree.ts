/**
 * Reads YAML 1.2 (and JSON, which is inside it) into plain values that remember where they stood. Strict where two readers
 * could differ: duplicate keys, tags, other YAML versions; bounded in size, depth and expansion of aliases.
 */
import {
  CST,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';
import { type FieldPath, pathText } from '../problems.js';

/** Both from 1. */
export interface Position {
  line: number;
  col: number;
}

export interface TreeProblem extends Position {
  path: string;
  message: string;
}

export interface YamlTree {
  value: unknown;
  position: Position;
  /** Of a value, or with `atKey` of the key that names it; of the nearest thing around it when it is not there. */
  locate(path: FieldPath, atKey?: boolean): Position;
}

export const TEXT_MAX = 1024 * 1024;
const DEPTH_MAX = 64;
const NODES_MAX = 100_000;
const ALIASES_MAX = 100;
const DOCUMENTS_MAX = 5000;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

export function readYaml(text: string): { trees: YamlTree[]; problems: TreeProblem[] } {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), col: Math.max(col, 1) };
  };
  const refused = (
    message: string,
    position: Position = { line: 1, col: 1 },
  ): ReturnType<typeof readYaml> => ({
    trees: [],
    problems: [{ ...position, path: '', message }],
  });
  if (text.length > TEXT_MAX)
    return refused(`larger than ${TEXT_MAX / 1024 / 1024} MiB: split it into several`);
  const deep = nestedTooDeep(text);
  if (deep !== null) return refused(`nested deeper than ${DEPTH_MAX} levels`, deep);
  const parsed = parseAllDocuments(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    // The parser compares each key with every other of its map: a mebibyte of keys is a minute. TreeReader finds them, too.
    uniqueKeys: false,
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  if (documents.length > DOCUMENTS_MAX) return refused(`more than ${DOCUMENTS_MAX} documents: split them`);
  const problems: TreeProblem[] = [];
  const trees: YamlTree[] = [];
  for (const document of documents) {
    const start = document.contents?.range?.[0] ?? document.range[0];
    if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
      problems.push({
        ...at(document.range[0]),
        path: '',
        message: 'only YAML 1.2 is read: take the %YAML line out',
      });
      continue;
    }
    const found = [...document.errors, ...document.warnings];
    if (found.length > 0) {
      problems.push(
        ...found.map(({ pos, message }) => ({ ...at(pos[0]), path: '', message: syntaxMessage(message) })),
      );
      continue;
    }
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
      continue;
    const tree = new TreeReader(at).read(document.contents, at(start));
    problems.push(...tree.problems);
    if (tree.problems.length === 0) trees.push(tree);
  }
  return { trees, problems };
}

const syntaxMessage = (message: string): string => message.replace(/^Unresolved tag: /, 'unknown tag ');

/**
 * The parser descends into itself, so hostile depth is found before, on the flat list of tokens: open brackets, and list
 * or key signs on one line.
 */
function nestedTooDeep(text: string): Position | null {
  let open = 0;
  let signs = 0;
  let line = 1;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'flow-map-start' || type === 'flow-seq-start') open += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') open = Math.max(0, open - 1);
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind') signs += 1;
    if (open > DEPTH_MAX || (signs > DEPTH_MAX && open === 0)) return { line, col: 1 };
    if (token.includes('\n')) {
      signs = 0;
      line += token.split('\n').length - 1;
    }
  }
  return null;
}

class TreeReader {
  readonly problems: TreeProblem[] = [];
  private readonly values = new Map<string, Position>();
  private readonly keys = new Map<string, Position>();
  private readonly anchors = new Map<string, Node>();
  private nodes = 0;
  private aliases = 0;

  constructor(private readonly at: (offset: number) => Position) {}

  read(contents: Node, position: Position): YamlTree & { problems: TreeProblem[] } {
    const value = this.value(contents, [], position);
    const locate = (path: FieldPath, atKey = false): Position => {
      const name = pathText(path);
      const exact = atKey ? this.keys.get(name) : (this.values.get(name) ?? this.keys.get(name));
      if (exact !== undefined) return exact;
      return path.length === 0
        ? position
        : (this.keys.get(pathText(path.slice(0, -1))) ?? locate(path.slice(0, -1)));
    };
    return { value, position, locate, problems: this.problems };
  }

  private value(node: Node | null, path: FieldPath, around: Position): unknown {
    const value = this.plain(node, path, around);
    // Only now: an anchor that holds itself is not there yet.
    if (node !== null && !isAlias(node) && node.anchor !== undefined) this.anchors.set(node.anchor, node);
    return value;
  }

  private plain(node: Node | null, path: FieldPath, around: Position): unknown {
    const position = node?.range ? this.at(node.range[0]) : around;
    this.nodes += 1;
    if (this.nodes > NODES_MAX)
      return this.refuse(position, path, `more than ${NODES_MAX} values`, this.nodes === NODES_MAX + 1);
    if (path.length > DEPTH_MAX) return this.refuse(position, path, `nested deeper than ${DEPTH_MAX} levels`);
    this.values.set(pathText(path), position);
    if (node === null) return null;
    if (isAlias(node)) return this.aliased(node.source, path, position);
    if (node.tag !== undefined)
      return this.refuse(position, path, `the tag ${node.tag} is not read: write the value without it`);
    if (isMap(node)) return this.map(node.items, path, position);
    if (isSeq(node))
      return node.items.map((item, index) => this.value(item as Node | null, [...path, index], position));
    if (!isScalar(node)) return this.refuse(position, path, 'not a value');
    if (typeof node.value === 'number' && !Number.isFinite(node.value))
      return this.refuse(position, path, `${node.source ?? node.value} is not a number that can be used`);
    return node.value;
  }

  private map(items: readonly unknown[], path: FieldPath, around: Position): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const key = pair.key as Node | null;
      const position = key?.range ? this.at(key.range[0]) : around;
      if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
        this.refuse(position, path, 'a key must be a plain text');
        continue;
      }
      const name = String(key.value as string | number | boolean);
      if (forbiddenKeys.has(name)) {
        this.refuse(position, [...path, name], 'this name is not allowed as a key');
        continue;
      }
      if (Object.hasOwn(entries, name)) this.refuse(position, [...path, name], 'this key is here twice');
      this.keys.set(pathText([...path, name]), position);
      entries[name] = this.value(pair.value as Node | null, [...path, name], position);
    }
    return entries;
  }

  private aliased(name: string, path: FieldPath, position: Position): unknown {
    this.aliases += 1;
    if (this.aliases > ALIASES_MAX)
      return this.refuse(
        position,
        path,
        `more than ${ALIASES_MAX} aliases after expansion`,
        this.aliases === ALIASES_MAX + 1,
      );
    const node = this.anchors.get(name);
    if (node === undefined)
      return this.refuse(position, path, `there is no anchor &${name} before this *${name}`);
    // While it is expanded an anchor is out of reach: one that holds itself would never end.
    this.anchors.delete(name);
    const value = this.value(node, path, position);
    this.anchors.set(name, node);
    return value;
  }

  private refuse(position: Position, path: FieldPath, message: string, tell = true): undefined {
    if (tell && this.problems.length < 100)
      this.problems.push({ ...position, path: pathText(path), message });
    return undefined;
  }
}
