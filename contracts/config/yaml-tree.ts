/**
 * Reads YAML 1.2 (and its subset JSON) into plain values with their positions. Strict where two parsers could differ: duplicate
 * keys, tags, other YAML versions; bounded in size, depth and expansion of aliases.
 */
import {
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  type YAMLError,
} from 'yaml';
import { type FieldPath, pathText } from '../problems.js';

/** Both count from 1. */
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
  locations: Locations;
}

/** Positions by path text. Plain data, so that it can be passed between threads. */
export interface Locations {
  root: Position;
  values: Map<string, Position>;
  keys: Map<string, Position>;
}

/** Position of a value, or with `atKey` of its key; of the nearest enclosing element when it does not exist. */
export function locate(locations: Locations, path: FieldPath, atKey = false): Position {
  const { root, values, keys } = locations;
  const name = pathText(path);
  const exact = atKey ? keys.get(name) : (values.get(name) ?? keys.get(name));
  if (exact !== undefined) return exact;
  const above = path.slice(0, -1);
  return path.length === 0 ? root : (keys.get(pathText(above)) ?? locate(locations, above));
}

const TEXT_MAX = 1024 * 1024;
const DEPTH_MAX = 64;
const NODES_MAX = 100_000;
/** Tokens of the text: each value has one or two of its own, a key, a sign. */
const TOKENS_MAX = 4 * NODES_MAX;
const LINES_MAX = 100_000;
const ALIASES_MAX = 100;
const DOCUMENTS_MAX = 5000;
/** More errors are not useful: authors correct some and try again. */
export const ERRORS_MAX = 200;
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
  const excess = excessOf(text);
  if (excess !== null) return refused(excess.message, { line: excess.line, col: 1 });
  const { documents, errors } = compose(text, lines);
  if (documents.length > DOCUMENTS_MAX) return refused(`more than ${DOCUMENTS_MAX} documents: split them`);
  // Errors before the first document, or without any document.
  const problems: TreeProblem[] = errors.map((error) => told(error, at));
  const trees: YamlTree[] = [];
  for (const document of documents) {
    if (problems.length >= ERRORS_MAX) break;
    const start = document.contents?.range?.[0] ?? document.range[0];
    if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
      problems.push({
        ...at(document.range[0]),
        path: '',
        message: 'only YAML 1.2 is read: take the %YAML line out',
      });
      continue;
    }
    const found = [document.errors.slice(0, ERRORS_MAX), document.warnings.slice(0, ERRORS_MAX)].flat();
    if (found.length > 0) {
      for (const error of found.slice(0, ERRORS_MAX - problems.length)) problems.push(told(error, at));
      continue;
    }
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
      continue;
    const tree = new TreeReader(at).read(document.contents, at(start));
    problems.push(...tree.problems.slice(0, ERRORS_MAX - problems.length));
    if (tree.problems.length === 0) trees.push(tree);
  }
  return { trees, problems };
}

type SyntaxProblem = Pick<YAMLError, 'pos' | 'message'>;

const told = ({ pos, message }: SyntaxProblem, at: (offset: number) => Position): TreeProblem => ({
  ...at(pos[0]),
  path: '',
  message: message.replace(/^Unresolved tag: /, 'unknown tag '),
});

/** Stops after more errors than people read, so that a completely broken text costs no more than its beginning. */
function compose(
  text: string,
  lines: LineCounter,
): { documents: Document.Parsed[]; errors: SyntaxProblem[] } {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({
    version: '1.2',
    prettyErrors: false,
    // The composer would compare each key with every other of its map: a mebibyte of keys takes a minute. TreeReader detects
    // duplicates too.
    uniqueKeys: false,
  });
  const documents: Document.Parsed[] = [];
  let broken = 0;
  for (const token of parser.parse(text)) {
    if (token.type === 'error' && (broken += 1) > ERRORS_MAX) break;
    for (const document of composer.next(token)) documents.push(document);
    if (documents.length > DOCUMENTS_MAX) break;
  }
  for (const document of composer.end()) documents.push(document);
  return { documents, errors: documents.length > 0 ? [] : composer.streamInfo().errors.slice(0, ERRORS_MAX) };
}

/**
 * The parser is recursive, so hostile depth is detected before, on the flat list of tokens: open brackets, and outside of them
 * list or key signs on one line, and lines each indented further than the previous one. Excessive length is detected in the same
 * way.
 */
function excessOf(text: string): { line: number; message: string } | null {
  const indents: number[] = [];
  let [open, signs, line, values] = [0, 0, 1, 0];
  let indent: number | null = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    const isBlank = type === 'space' || type === 'newline' || type === 'comment';
    if (type === 'flow-map-start' || type === 'flow-seq-start') open += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') open = Math.max(0, open - 1);
    else if (
      open === 0 &&
      (type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind')
    )
      signs += 1;
    if (type === 'space' && indent === 0) indent = token.length;
    else if (!isBlank && indent !== null) {
      while ((indents.at(-1) ?? -1) >= indent) indents.pop();
      if (open === 0) indents.push(indent);
      indent = null;
    }
    if (Math.max(open, signs, indents.length - 1) > DEPTH_MAX)
      return { line, message: `nested deeper than ${DEPTH_MAX} levels` };
    if (line > LINES_MAX) return { line, message: `more than ${LINES_MAX} lines: split it into several` };
    if (!isBlank && (values += 1) > TOKENS_MAX)
      return { line, message: 'more values than one body may have: split it into several' };
    if (token.includes('\n')) {
      [signs, indent] = [0, 0];
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
    const { values, keys, problems } = this;
    return { value, locations: { root: position, values, keys }, problems };
  }

  private value(node: Node | null, path: FieldPath, around: Position): unknown {
    const value = this.plain(node, path, around);
    // Registered only now: an anchor cannot refer to itself.
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
    // An anchor is unavailable while it is expanded: one that contains itself would never end.
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
