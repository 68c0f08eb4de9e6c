/** JSON Schemas (draft 2020-12) of the documents as people write them, for editors: `/schemas/v1/<kind>.json`. */
import { z } from 'zod';
import type { ConfigKind } from '../../domain/config/specs.js';
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import { documentSchema } from './kinds.js';

export type JsonSchema = { [key: string]: unknown };

const convert = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });

/** One kind with its envelope. `base`: public address of the schemas, `https://tocsin.example.com/schemas/v1`. */
export function kindJsonSchema(kind: ConfigKind, base?: string): JsonSchema {
  return withId(convert(documentSchema(kind)), `${kind}.json`, base);
}

/** Schema of any kind, for a file of documents. */
export function anyKindJsonSchema(base?: string): JsonSchema {
  const [first, ...rest] = CONFIG_KINDS.map((kind) => documentSchema(kind));
  if (first === undefined) throw new Error('there are no kinds');
  const union = z
    .discriminatedUnion('kind', [first, ...rest])
    .meta({ title: 'Tocsin configuration document' });
  return withId(convert(union), 'tocsin.json', base);
}

/** By file name: `Team.json`, …, `tocsin.json`. */
export function publishedSchemas(base?: string): Map<string, JsonSchema> {
  return new Map([
    ...CONFIG_KINDS.map((kind) => [`${kind}.json`, kindJsonSchema(kind, base)] as const),
    ['tocsin.json', anyKindJsonSchema(base)] as const,
  ]);
}

function withId(schema: JsonSchema, file: string, base: string | undefined): JsonSchema {
  return base === undefined ? schema : { ...schema, $id: `${base.replace(/\/$/, '')}/${file}` };
}

const names = new Map<ConfigKind, string[]>();

/** All field names of a kind, for suggestions about a misspelt field. */
export function fieldNames(kind: ConfigKind): string[] {
  const known = names.get(kind);
  if (known !== undefined) return known;
  const found = new Set<string>();
  const open: unknown[] = [kindJsonSchema(kind)];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if ('properties' in next && typeof next.properties === 'object' && next.properties !== null)
      for (const name of Object.keys(next.properties)) found.add(name);
    open.push(...Object.values(next));
  }
  names.set(kind, [...found]);
  return [...found];
}
