/** Parses a body (YAML documents, or JSON) to validated configuration documents, or to errors with file, line and column. */
import type { ConfigKind, SpecByKind } from '../../domain/config/specs.js';
import { nearest } from '../../domain/config/nearest.js';
import { fieldProblems, type FieldPath, pathText } from '../problems.js';
import { fieldNames } from './json-schema.js';
import { jsonError } from './json-error.js';
import { CONFIG_KINDS, isConfigKind } from '../../domain/config/specs.js';
import { API_VERSION, documentSchema } from './kinds.js';
import { LATER_KINDS } from './not-yet.js';
import { ERRORS_MAX, locate, type Locations, type Position, readYaml, type YamlTree } from './yaml-tree.js';

export interface ParsedDocument<K extends ConfigKind = ConfigKind> {
  kind: K;
  name: string;
  spec: SpecByKind[K];
  file: string;
  /** Start of the document. */
  position: Position;
  /** Position of a field: `spec.team`, `spec.steps[0].notify`; for problems found later (references). */
  locate(path: string): Position;
}

interface DocumentError extends Position {
  file: string;
  path: string;
  /** The whole line for people: `teams.yaml:6:9 spec.tier: at most 4, got 7`. */
  message: string;
  /** The problem and a valid form, without the position. */
  reason: string;
}

export interface ParsedDocuments {
  documents: ParsedDocument[];
  errors: DocumentError[];
}

export interface ParseOptions {
  /** Shown in errors; default `document`. */
  file?: string;
  /** `application/json` requires JSON; everything else is read as YAML 1.2. */
  contentType?: string;
}

/** A parsed document without functions, so that it can be passed between threads. */
interface ReadDocument extends Omit<ParsedDocument, 'locate'> {
  /** Index of its tree in `locations`, and its path inside the tree. */
  tree: number;
  path: FieldPath;
}

export interface DocumentsRead {
  documents: ReadDocument[];
  errors: DocumentError[];
  locations: Locations[];
}

/** Never throws, whatever the text. With any error no document of the body should be applied. */
export function parseDocuments(text: string, options: ParseOptions = {}): ParsedDocuments {
  const { locations, ...read } = readDocuments(text, options);
  return locatable(read, (tree) => locations[tree]);
}

/** `locationsOf` is called only when a problem must be located. */
export function locatable(
  { documents, errors }: Pick<DocumentsRead, 'documents' | 'errors'>,
  locationsOf: (tree: number) => Locations | undefined,
): ParsedDocuments {
  return {
    documents: documents.map(({ tree, path, ...document }) => ({
      ...document,
      locate(field) {
        const locations = locationsOf(tree);
        return locations === undefined ? document.position : locate(locations, [...path, ...partsOf(field)]);
      },
    })),
    errors,
  };
}

export function readDocuments(
  text: string,
  { file = 'document', contentType = 'text/yaml' }: ParseOptions = {},
): DocumentsRead {
  const errors: DocumentError[] = [];
  const fail = (position: Position, path: string, reason: string): void =>
    void errors.push(documentError(file, position, path, reason));
  if (/\bjson\b/i.test(contentType)) {
    const broken = jsonError(text);
    if (broken !== null)
      return {
        documents: [],
        errors: [documentError(file, broken.position, '', broken.message)],
        locations: [],
      };
  }
  const { trees, problems } = readYaml(text);
  for (const { path, message, line, col } of problems) fail({ line, col }, path, message);
  const documents: ReadDocument[] = [];
  const first = new Map<string, ReadDocument>();
  for (const item of trees.flatMap(itemsOf)) {
    if (errors.length >= ERRORS_MAX) break;
    const document = readDocument(item, file, fail);
    if (document === null) continue;
    const key = `${document.kind}/${document.name}`;
    const twin = first.get(key);
    first.set(key, twin ?? document);
    if (twin === undefined) documents.push(document);
    else
      fail(
        document.position,
        'metadata.name',
        `${document.kind} "${document.name}" is here twice: first at ${file}:${twin.position.line}:${twin.position.col}`,
      );
  }
  return { documents, errors, locations: trees.map(({ locations }) => locations) };
}

function documentError(file: string, { line, col }: Position, path: string, reason: string): DocumentError {
  const message = `${file}:${line}:${col}${path === '' ? ':' : ` ${path}:`} ${reason}`;
  return { file, line, col, path, message, reason };
}

/** One value of a body that should be a document, and its path inside its tree. */
interface Item {
  locations: Locations;
  tree: number;
  value: unknown;
  path: FieldPath;
}

/** A list contains documents, and so does `{items: […]}`, the form of our list replies. */
function itemsOf({ value, locations }: YamlTree, tree: number): Item[] {
  const listed = (list: readonly unknown[], path: FieldPath): Item[] =>
    list.map((one, index) => ({ locations, tree, value: one, path: [...path, index] }));
  if (Array.isArray(value)) return listed(value, []);
  if (
    typeof value === 'object' &&
    value !== null &&
    'items' in value &&
    !('kind' in value) &&
    Array.isArray(value.items)
  )
    return listed(value.items, ['items']);
  return [{ locations, tree, value, path: [] }];
}

function readDocument(
  { locations, tree, value, path }: Item,
  file: string,
  fail: (position: Position, path: string, reason: string) => void,
): ReadDocument | null {
  const locationOf = (inside: FieldPath, atKey = false): Position =>
    locate(locations, [...path, ...inside], atKey);
  const position = locationOf([]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(position, pathText(path), 'a document with apiVersion, kind, metadata and spec is expected');
    return null;
  }
  const kind: unknown = 'kind' in value ? value.kind : undefined;
  if (typeof kind !== 'string' || !isConfigKind(kind)) {
    fail(locationOf(['kind']), 'kind', kindProblem(kind));
    return null;
  }
  const result = documentSchema(kind).safeParse(value);
  if (!result.success) {
    for (const problem of fieldProblems(result.error, value, fieldNames(kind), ERRORS_MAX))
      fail(locationOf(problem.path, problem.atKey), pathText(problem.path), problem.message);
    return null;
  }
  const { metadata, spec } = result.data;
  return {
    kind,
    name: metadata.name,
    // The schema was chosen by the kind, which the compiler cannot follow.
    spec: spec as SpecByKind[ConfigKind],
    file,
    position,
    tree,
    path,
  };
}

function kindProblem(kind: unknown): string {
  if (typeof kind !== 'string')
    return `missing: one of ${CONFIG_KINDS.join(', ')} is needed, with apiVersion ${API_VERSION}`;
  const later = LATER_KINDS.get(kind);
  if (later !== undefined) return `the kind ${kind} is not supported yet: ${later}`;
  const meant = nearest(kind, CONFIG_KINDS);
  const help = meant === null ? `there are ${CONFIG_KINDS.join(', ')}` : `did you mean ${meant}?`;
  return `unknown kind "${kind.slice(0, 60)}", ${help}`;
}

/** `spec.steps[0].notify` → its parts. */
const partsOf = (path: string): FieldPath =>
  path
    .split(/\.|(?=\[\d)/)
    .filter((part) => part !== '')
    .map((part) => (/^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : part));
