/**
 * Checks that a validator does not make: schemas that only refer to themselves, patterns of one language, routes
 * without an example.
 */

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Look-around, code point classes and back references: validators in Go, Rust and Python refuse them. */
const ONE_LANGUAGE = /\(\?[=!<]|\\[pPkuU1-9]/;

export function contractProblems(document: unknown): string[] {
  const root = isObject(document) ? document : {};
  const components = isObject(root['components']) ? root['components'] : {};
  const schemas = isObject(components['schemas']) ? components['schemas'] : {};
  return [
    ...emptySchemas(schemas),
    ...refProblems(root, schemas),
    ...patternProblems(root, ''),
    ...bodyProblems(root),
  ];
}

/** A schema whose references lead back to it without a field in between describes nothing. */
function emptySchemas(schemas: Json): string[] {
  return Object.keys(schemas).flatMap((name) => {
    const seen = new Set<string>();
    for (let at: string | null = name; at !== null; at = refOf(schemas[at])) {
      if (seen.has(at)) return [`components.schemas.${name}: refers to itself`];
      seen.add(at);
    }
    return [];
  });
}

const refOf = (schema: unknown): string | null =>
  isObject(schema) && typeof schema['$ref'] === 'string' ? (schema['$ref'].split('/').at(-1) ?? null) : null;

function refProblems(value: unknown, schemas: Json): string[] {
  const text = JSON.stringify(value);
  const named = new Set([...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref = '']) => ref));
  return [...named]
    .filter((ref) => !(ref.replace('#/components/schemas/', '') in schemas))
    .map((ref) => `${ref}: there is no such schema`);
}

function patternProblems(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => patternProblems(one, `${path}[${index}]`));
  if (!isObject(value)) return [];
  const { pattern } = value;
  const own =
    typeof pattern === 'string' && ONE_LANGUAGE.test(pattern)
      ? [`${path}.pattern: ${pattern} is read by ECMAScript only`]
      : [];
  return [...own, ...Object.entries(value).flatMap(([key, one]) => patternProblems(one, `${path}.${key}`))];
}

function bodyProblems(root: Json): string[] {
  const paths = isObject(root['paths']) ? root['paths'] : {};
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(isObject(item) ? item : {}).flatMap(([method, operation]) => {
      const body =
        isObject(operation) && isObject(operation['requestBody']) ? operation['requestBody'] : null;
      const content = body !== null && isObject(body['content']) ? Object.entries(body['content']) : [];
      return content
        .filter(([, media]) => !isObject(media) || media['example'] === undefined)
        .map(([type]) => `${method.toUpperCase()} ${path}: its body (${type}) has no example`);
    }),
  );
}
