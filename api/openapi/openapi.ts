/** OpenAPI 3.1 from the route table and the zod schemas that the routes are checked with. Pure. */
import { z } from 'zod';
import { ProblemReply } from '../../contracts/api/common.js';
import { problemTitle } from '../common/problem.js';
import type { RouteEntry } from './route-table.js';

type Json = { [key: string]: unknown };

export function openApi(
  routes: readonly RouteEntry[],
  { url, version }: { url: string; version: string },
): Json {
  const components: Record<string, Json> = {};
  const schemaOf = (schema: unknown, io: 'input' | 'output'): Json | null => {
    if (!(schema instanceof z.ZodType)) return null;
    const {
      $schema: _dialect,
      $defs,
      ...json
    } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
      // A schema with an id is a component; the same name twice must be the same schema.
      override: ({ jsonSchema }) => void delete jsonSchema.id,
    }) as Json & { $defs?: Record<string, Json> };
    for (const [name, definition] of Object.entries($defs ?? {})) components[name] ??= pointed(definition);
    return pointed(json);
  };
  components['Problem'] = schemaOf(ProblemReply, 'output') ?? {};

  const paths: Record<string, Json> = {};
  for (const { method, path, config } of routes) {
    if (config.page === true || method === 'OPTIONS') continue;
    const parameters = [...pathParameters(path), ...queryParameters(schemaOf(config.querySchema, 'input'))];
    const body = schemaOf(config.bodySchema, 'input');
    const reply = schemaOf(config.reply, 'output');
    const status = String(config.status ?? 200);
    const operation: Json = {
      operationId: operationId(method, path),
      summary: config.summary ?? '',
      tags: [config.tag ?? 'Other'],
      ...(config.permission === 'public' ? { security: [] } : { 'x-permission': config.permission }),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...requestBody(body, config.bodyTypes, method),
      responses: {
        [status]: {
          description: 'Done',
          ...(status === '204'
            ? {}
            : { content: { [config.replyType ?? 'application/json']: { schema: reply ?? {} } } }),
        },
        ...problems(config.permission === 'public' ? [400] : [400, 401, 403, 404, 409]),
      },
    };
    const at = openPath(path);
    paths[at] = { ...paths[at], [method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tocsin',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Incident response: pages that are never lost, runbooks that survive crashes, post-mortems that are really reviewed.',
    },
    servers: [{ url }],
    security: [{ key: [] }, { session: [] }],
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: components,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, or TOCSIN_ADMIN_TOKEN' },
        session: { type: 'apiKey', in: 'cookie', name: 'tocsin_session' },
      },
    },
  };
}

/** `/in/:key/*` → `/in/{key}/{path}`. */
const openPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace(/\*/g, '{path}');

const pathParameters = (path: string): Json[] =>
  [...openPath(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters(schema: Json | null): Json[] {
  if (schema === null) return [];
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  return Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: property,
  }));
}

function requestBody(schema: Json | null, types: readonly string[] | undefined, method: string): Json {
  if (types !== undefined && method !== 'GET') {
    return {
      requestBody: {
        required: true,
        content: Object.fromEntries(types.map((type) => [type, { schema: {} }])),
      },
    };
  }
  return schema === null ? {} : { requestBody: { content: { 'application/json': { schema } } } };
}

const problems = (statuses: readonly number[]): Json =>
  Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: problemTitle(status),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );

const operationId = (method: string, path: string): string =>
  `${method.toLowerCase()}${path
    .replace(/^\/api\/v1/, '')
    .replace('*', 'path')
    .replace(/[^A-Za-z0-9]+([A-Za-z0-9])?/g, (_all, letter: string | undefined) =>
      (letter ?? '').toUpperCase(),
    )}`;

/** zod points into its own `$defs`; here definitions are components. */
function pointed(value: Json): Json {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
