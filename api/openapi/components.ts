/** zod schemas as components of one OpenAPI document: each name once, with patterns that other languages can read. */
import { z } from 'zod';

export type Json = { [key: string]: unknown };

/** Syntax that only ECMAScript reads; validators in Go and Rust refuse the whole document for one such pattern. */
const ECMASCRIPT_ONLY = /\(\?[=!<]|\\[pPkuU]|\[\^\\|\\-/;

export class Components {
  readonly schemas: Record<string, Json> = {};

  /** Null for a value that is no schema. */
  schemaOf(schema: unknown, io: 'input' | 'output'): Json | null {
    if (!(schema instanceof z.ZodType)) return null;
    const {
      $schema: _dialect,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
      // A schema with an id is a component.
      override: ({ jsonSchema }) => {
        delete jsonSchema.id;
        if (jsonSchema.pattern !== undefined && ECMASCRIPT_ONLY.test(jsonSchema.pattern))
          delete jsonSchema.pattern;
      },
    }) as Json & { $defs?: Record<string, Json> };
    const names = this.namesOf($defs, io);
    for (const [name, definition] of Object.entries($defs))
      this.schemas[names.get(name) ?? name] ??= pointed(definition, names);
    return pointed(root, names);
  }

  /** Input and output may differ by defaults; then both exist, under names of their own. */
  private namesOf(definitions: Record<string, Json>, io: 'input' | 'output'): Map<string, string> {
    const names = new Map(Object.keys(definitions).map((name) => [name, name]));
    for (let isStable = false; !isStable;) {
      isStable = true;
      for (const [name, definition] of Object.entries(definitions)) {
        const known = this.schemas[names.get(name) ?? name];
        if (known === undefined || same(known, pointed(definition, names))) continue;
        const other = `${name}${io === 'input' ? 'Input' : 'Output'}`;
        if (names.get(name) === other) continue;
        names.set(name, other);
        isStable = false;
      }
    }
    return names;
  }
}

const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

const LOCAL = '#/$defs/';

/** zod refers to its own `$defs`; here definitions are components. */
function pointed(value: Json, names: ReadonlyMap<string, string>): Json {
  return JSON.parse(JSON.stringify(value), (key, one: unknown) => {
    if (key !== '$ref' || typeof one !== 'string' || !one.startsWith(LOCAL)) return one;
    const name = one.slice(LOCAL.length);
    return `#/components/schemas/${names.get(name) ?? name}`;
  }) as Json;
}
