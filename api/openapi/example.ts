/** Example of a JSON Schema: its required fields, with the examples that the schema gives. */
import type { Json } from './components.js';

const byFormat: Readonly<Record<string, string>> = {
  'date-time': '2026-11-22T22:10:00Z',
  date: '2026-11-22',
  email: 'ana@example.com',
  uri: 'https://example.com/',
  uuid: '5b3f1c2e-8a4d-4f60-9e37-2d1c0b9a8f76',
};

/** Example values by field name. */
const byName: Readonly<Record<string, unknown>> = {
  title: 'Replica lag 900 s',
  service: 'checkout-db',
  person: 'ana',
  to: 'bo',
  name: 'checkout',
  comment: 'Looks good',
  reason: 'Maintenance',
  text: 'Restarted the replica',
  id: 'INC-42',
  incident: 'INC-42',
  key: '0123456789abcdef0123456789abcdef',
  kind: 'Service',
  run: '5b3f1c2e-8a4d-4f60-9e37-2d1c0b9a8f76',
  step: 'verify',
  file: 'Service.json',
};

const DEEPEST = 8;

/** `refs`: the document's components. Optional fields are left out, unless the object would be empty. */
export function exampleOf(schema: unknown, refs: Record<string, Json>, name = '', depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > DEEPEST) return {};
  const node = schema as Json;
  if (typeof node['$ref'] === 'string')
    return exampleOf(refs[node['$ref'].split('/').at(-1) ?? ''], refs, name, depth + 1);
  const { const: constant, enum: choices, examples, anyOf, oneOf, allOf, items } = node;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if (constant !== undefined) return constant;
  if (Array.isArray(choices)) return choices[0];
  for (const options of [anyOf, oneOf, allOf])
    if (Array.isArray(options)) return exampleOf(options[0], refs, name, depth + 1);
  switch (Array.isArray(node['type']) ? node['type'][0] : node['type']) {
    case 'array':
      return [exampleOf(items, refs, name.replace(/s$/, ''), depth + 1)];
    case 'integer':
    case 'number':
      return node['default'] ?? node['minimum'] ?? 1;
    case 'boolean':
      return node['default'] ?? true;
    case 'string':
      return node['default'] ?? byName[name] ?? byFormat[String(node['format'])] ?? 'text';
    case 'object':
      return exampleObject(node, refs, depth);
    default:
      return node['properties'] === undefined ? (byName[name] ?? {}) : exampleObject(node, refs, depth);
  }
}

function exampleObject(node: Json, refs: Record<string, Json>, depth: number): Json {
  const properties = Object.entries((node['properties'] ?? {}) as Json);
  const required = new Set(Array.isArray(node['required']) ? (node['required'] as string[]) : []);
  const needed = properties.filter(([field]) => required.has(field));
  const shown = needed.length > 0 ? needed : properties.slice(0, 1);
  return Object.fromEntries(shown.map(([field, value]) => [field, exampleOf(value, refs, field, depth + 1)]));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A path with its parameters filled in. */
export const examplePath = (path: string): string =>
  path
    .replace(/:(\w+)/g, (_all, name: string) =>
      name === 'id' && !path.includes('/incidents/')
        ? String(byFormat['uuid'])
        : textOf(byName[name] ?? 'checkout'),
    )
    .replace('*', 'v2/enqueue');
